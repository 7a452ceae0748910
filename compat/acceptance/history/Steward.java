import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * What an operator asks of a cluster, through Apache's admin client: a command a line from standard
 * input, an answer a line, JSON.
 *
 * <pre>
 * usage: Steward BOOTSTRAP
 *   layout                        topic-partition to [leader or -1, [replicas], [in sync]], of all topics
 *   controller                    the voter that leads
 *   coordinator GROUP             the node that coordinates a consumer group
 *   create TOPIC PARTITIONS COPIES    delete TOPIC    partitions TOPIC COUNT
 *   reassign TOPIC PARTITION NODE,... moves           how many partitions are on their way
 *   elect                         preferred leaders
 * </pre>
 */
public final class Steward {
  private final Admin admin;

  private Steward(Admin admin) {
    this.admin = admin;
  }

  public static void main(String[] arguments) throws IOException {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("request.timeout.ms", "3000");
    settings.put("default.api.timeout.ms", "5000");
    settings.put("reconnect.backoff.max.ms", "200");
    try (Admin admin = Admin.create(settings);
        BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Steward steward = new Steward(admin);
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(steward.answer(line.split(" ")));
        System.out.flush();
      }
    }
  }

  private String answer(String[] words) {
    try {
      return command(words);
    } catch (ExecutionException fault) {
      return "{\"error\":\"" + fault.getCause().getClass().getSimpleName() + "\"}";
    } catch (InterruptedException | RuntimeException fault) {
      return "{\"error\":\"" + fault.getClass().getSimpleName() + "\"}";
    }
  }

  private String command(String[] words) throws ExecutionException, InterruptedException {
    switch (words[0]) {
      case "layout" -> {
        return layout();
      }
      case "controller" -> {
        return "" + admin.describeMetadataQuorum().quorumInfo().get().leaderId();
      }
      case "coordinator" -> {
        return ""
            + admin.describeConsumerGroups(List.of(words[1])).all().get().get(words[1]).coordinator().id();
      }
      case "create" ->
          admin
              .createTopics(
                  List.of(new NewTopic(words[1], Integer.parseInt(words[2]), Short.parseShort(words[3]))))
              .all()
              .get();
      case "delete" -> admin.deleteTopics(List.of(words[1])).all().get();
      case "partitions" ->
          admin
              .createPartitions(
                  Map.of(words[1], NewPartitions.increaseTo(Integer.parseInt(words[2]))))
              .all()
              .get();
      case "reassign" -> {
        List<Integer> nodes = Arrays.stream(words[3].split(",")).map(Integer::valueOf).toList();
        admin
            .alterPartitionReassignments(
                Map.of(
                    new TopicPartition(words[1], Integer.parseInt(words[2])),
                    Optional.of(new NewPartitionReassignment(nodes))))
            .all()
            .get();
      }
      case "moves" -> {
        return "" + admin.listPartitionReassignments().reassignments().get().size();
      }
      case "elect" -> admin.electLeaders(ElectionType.PREFERRED, null).partitions().get();
      default -> throw new IllegalArgumentException("no command of this name: " + words[0]);
    }
    return "{}";
  }

  private String layout() throws ExecutionException, InterruptedException {
    Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    Map<String, String> rows = new TreeMap<>();
    for (TopicDescription topic : admin.describeTopics(names).allTopicNames().get().values()) {
      for (TopicPartitionInfo part : topic.partitions()) {
        Node leader = part.leader();
        rows.put(
            topic.name() + "-" + part.partition(),
            "["
                + (leader == null || leader.isEmpty() ? -1 : leader.id())
                + ","
                + ids(part.replicas())
                + ","
                + ids(part.isr())
                + "]");
      }
    }
    return rows.entrySet().stream()
        .map(row -> '"' + row.getKey() + "\":" + row.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String ids(List<Node> nodes) {
    return nodes.stream().map(node -> "" + node.id()).collect(Collectors.joining(",", "[", "]"));
  }
}
