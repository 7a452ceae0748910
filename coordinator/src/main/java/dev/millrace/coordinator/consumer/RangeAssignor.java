package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives each member a row of neighbouring partitions of every topic. Members that read the same
 * topics get the same indexes of topics with as many partitions, so that such topics can be joined.
 */
public final class RangeAssignor implements Assignor {
  /** Static members come first, by their names: their rows stay where they are over restarts. */
  private static final Comparator<Candidate> ORDER =
      Comparator.comparing(
              Candidate::instanceId, Comparator.nullsLast(Comparator.<String>naturalOrder()))
          .thenComparing(Candidate::memberId);

  @Override
  public String name() {
    return "range";
  }

  @Override
  public Map<String, Partitions> assign(Question question) {
    List<Candidate> sorted = question.candidates().stream().sorted(ORDER).toList();
    Map<Uuid, List<Partitions.Builder>> readers = new HashMap<>();
    Map<String, Partitions.Builder> builders = new LinkedHashMap<>();
    for (Candidate candidate : sorted) {
      Partitions.Builder builder = new Partitions.Builder();
      builders.put(candidate.memberId(), builder);
      for (Uuid topic : candidate.topics()) {
        readers.computeIfAbsent(topic, _ -> new ArrayList<>()).add(builder);
      }
    }
    readers.forEach((topic, members) -> split(topic, count(question, topic), members));
    Map<String, Partitions> result = new LinkedHashMap<>();
    builders.forEach((member, builder) -> result.put(member, builder.build()));
    return result;
  }

  private static int count(Question question, Uuid topic) {
    @Nullable Integer count = question.partitionCounts().get(topic);
    return count == null ? 0 : count;
  }

  private static void split(Uuid topic, int count, List<Partitions.Builder> members) {
    int each = count / members.size();
    int more = count % members.size();
    int from = 0;
    for (int i = 0; i < members.size() && from < count; i++) {
      int row = each + (i < more ? 1 : 0);
      members.get(i).addRange(topic, from, row);
      from += row;
    }
  }
}
