package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Creates topics, each for itself: one that is refused does not hold back the others.
 *
 * @param validateOnly all checks, no topic
 */
public record CreateTopics(List<NewTopic> topics, boolean validateOnly)
    implements Command<Map<String, Outcome<CreateTopics.CreatedTopic>>> {
  /** Says that the broker's default counts. */
  public static final int DEFAULT = -1;

  /**
   * A topic to create.
   *
   * @param partitions how many; {@link #DEFAULT} for {@code num.partitions}, and always with an
   *     assignment
   * @param replicationFactor how many copies; {@link #DEFAULT} for {@code
   *     default.replication.factor}, and always with an assignment
   * @param assignment broker ids by partition; empty to let the controller choose
   * @param configs dynamic settings by name
   */
  public record NewTopic(
      String name,
      int partitions,
      int replicationFactor,
      Map<Integer, List<Integer>> assignment,
      Map<String, @Nullable String> configs) {

    /** Everything as the broker has it by default. */
    public static NewTopic of(String name) {
      return new NewTopic(name, DEFAULT, DEFAULT, Map.of(), Map.of());
    }
  }

  /**
   * A topic that was created, or would be.
   *
   * @param id {@link Uuid#ZERO} when it was only validated
   * @param configs its dynamic settings
   */
  public record CreatedTopic(
      String name, Uuid id, int partitions, int replicationFactor, Map<String, String> configs) {}

  @Override
  public Decision<Map<String, Outcome<CreatedTopic>>> decide(Rules rules) {
    return new Creation(rules).decide();
  }

  /** One decision in the making. */
  private final class Creation {
    private final Rules rules;
    private final List<Message> records = new ArrayList<>();
    private final Map<String, String> namesByMetricName = new HashMap<>();
    private final Placement placement;
    private int partitionsLeft = Rules.PARTITIONS_PER_REQUEST_MAX;

    Creation(Rules rules) {
      this.rules = rules;
      this.placement = new Placement(rules.image().brokers().values(), rules.random());
    }

    Decision<Map<String, Outcome<CreatedTopic>>> decide() {
      Set<String> once = new HashSet<>();
      Set<String> twice = new HashSet<>();
      for (NewTopic topic : topics) {
        if (!once.add(topic.name())) {
          twice.add(topic.name());
        }
      }
      Map<String, Outcome<CreatedTopic>> outcomes = new LinkedHashMap<>();
      for (NewTopic topic : topics) {
        if (!outcomes.containsKey(topic.name())) {
          outcomes.put(
              topic.name(),
              twice.contains(topic.name())
                  ? Outcome.refused(
                      ErrorCode.INVALID_REQUEST, "topic is named twice in the request")
                  : Rules.attempt(() -> create(topic)));
        }
      }
      return new Decision<>(validateOnly ? List.of() : records, Outcome.done(outcomes));
    }

    private CreatedTopic create(NewTopic topic) {
      checkName(topic.name());
      Map<String, String> configs = configs(topic);
      List<List<Integer>> replicas = topic.assignment().isEmpty() ? place(topic) : assigned(topic);
      takePartitions(replicas.size());
      Uuid id = validateOnly ? Uuid.ZERO : Uuid.random(rules.random());
      records.addAll(records(topic.name(), id, configs, replicas));
      namesByMetricName.put(metricName(topic.name()), topic.name());
      return new CreatedTopic(
          topic.name(), id, replicas.size(), replicas.getFirst().size(), configs);
    }

    private void checkName(String name) {
      String problem = TopicNames.problem(name);
      if (problem != null) {
        throw new RefusedException(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
      }
      TopicImage existing = rules.image().topic(name);
      if (existing != null) {
        throw new RefusedException(
            ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
      }
      String collision = rules.image().topics().collision(name);
      if (collision == null) {
        collision = namesByMetricName.get(metricName(name));
      }
      if (collision != null) {
        throw new RefusedException(
            ErrorCode.INVALID_TOPIC_EXCEPTION,
            "topic name "
                + name
                + " differs from that of topic "
                + collision
                + " only by dot and underscore, their metrics would be mixed up");
      }
    }

    private Map<String, String> configs(NewTopic topic) {
      Map<String, String> configs = new TreeMap<>();
      for (Map.Entry<String, @Nullable String> config : topic.configs().entrySet()) {
        String value = config.getValue();
        if (value == null) {
          throw new RefusedException(
              ErrorCode.INVALID_CONFIG, "setting has no value, name=" + config.getKey());
        }
        configs.put(config.getKey(), value);
      }
      ConfigRules.checkTopic(configs, rules.settings());
      return configs;
    }

    private List<List<Integer>> place(NewTopic topic) {
      int partitions =
          topic.partitions() == DEFAULT
              ? rules.settings().intValue("num.partitions")
              : topic.partitions();
      int replicationFactor =
          topic.replicationFactor() == DEFAULT
              ? rules.settings().intValue("default.replication.factor")
              : topic.replicationFactor();
      if (replicationFactor <= 0 || replicationFactor > Short.MAX_VALUE) {
        throw new RefusedException(
            ErrorCode.INVALID_REPLICATION_FACTOR,
            "replication factor must be 1 or more, or -1 for the default, replicationFactor="
                + replicationFactor);
      }
      if (partitions <= 0) {
        throw new RefusedException(
            ErrorCode.INVALID_PARTITIONS,
            "number of partitions must be 1 or more, or -1 for the default, partitions="
                + partitions);
      }
      checkPartitionsLeft(partitions);
      return placement.place(partitions, replicationFactor);
    }

    private List<List<Integer>> assigned(NewTopic topic) {
      if (topic.partitions() != DEFAULT || topic.replicationFactor() != DEFAULT) {
        throw new RefusedException(
            ErrorCode.INVALID_REQUEST,
            "with an assignment the number of partitions and the replication factor must be -1");
      }
      Map<Integer, List<Integer>> assignment = topic.assignment();
      checkPartitionsLeft(assignment.size());
      NewPartitions partitions = new NewPartitions(rules.image());
      List<List<Integer>> replicas = new ArrayList<>(assignment.size());
      for (int index = 0; index < assignment.size(); index++) {
        List<Integer> chosen = assignment.get(index);
        if (chosen == null) {
          throw new RefusedException(
              ErrorCode.INVALID_REPLICA_ASSIGNMENT,
              "partitions must be numbered from 0 without gaps, missing=" + index);
        }
        int expected = replicas.isEmpty() ? chosen.size() : replicas.getFirst().size();
        partitions.checkManual(index, chosen, expected);
        replicas.add(chosen);
      }
      return replicas;
    }

    private void checkPartitionsLeft(int partitions) {
      if (partitions > partitionsLeft) {
        throw new RefusedException(
            ErrorCode.POLICY_VIOLATION,
            "too many partitions in one request, max=" + Rules.PARTITIONS_PER_REQUEST_MAX);
      }
    }

    private void takePartitions(int partitions) {
      partitionsLeft -= partitions;
    }

    private List<Message> records(
        String name, Uuid id, Map<String, String> configs, List<List<Integer>> replicas) {
      List<Message> made = new ArrayList<>(1 + configs.size() + replicas.size());
      made.add(new TopicRecord(name, id));
      configs.forEach((key, value) ->
          made.add(
              new ConfigRecord(ConfigResource.topic(name).scope().number(), name, key, value)));
      NewPartitions partitions = new NewPartitions(rules.image());
      for (int index = 0; index < replicas.size(); index++) {
        made.add(partitions.record(id, index, replicas.get(index)));
      }
      return made;
    }
  }

  private static String metricName(String name) {
    return name.replace('.', '_');
  }
}
