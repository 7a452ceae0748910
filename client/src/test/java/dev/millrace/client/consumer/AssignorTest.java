package dev.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AssignorTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS_MAX = 5;

  @Test
  void rangesAreRunsOfNeighbours() {
    Map<String, Assignor.Member> members = new HashMap<>();
    members.put("a", member(List.of("t"), List.of(), -1));
    members.put("b", member(List.of("t"), List.of(), -1));
    assertThat(new RangeAssignor().assign(members, Map.of("t", 5)))
        .isEqualTo(Map.of("a", partitions("t", 0, 1, 2), "b", partitions("t", 3, 4)));
  }

  @Test
  void whatMovesIsGivenUpFirst() {
    Map<String, Assignor.Member> members = new HashMap<>();
    members.put("a", member(List.of("t"), partitions("t", 0, 1, 2, 3), 7));
    members.put("b", member(List.of("t"), List.of(), -1));
    Map<String, List<TopicPartition>> first = new StickyAssignor().assign(members, Map.of("t", 4));
    assertThat(first.get("a")).hasSize(2);
    assertThat(first.get("b")).isEmpty();
    members.put("a", member(List.of("t"), first.get("a"), 8));
    members.put("b", member(List.of("t"), List.of(), 8));
    assertThat(new StickyAssignor().assign(members, Map.of("t", 4)).get("b")).hasSize(2);
  }

  /** Every round takes what the one before left with its members; most groups rest after two. */
  @Test
  void roundsEndBalancedAndComplete() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int group = 0; group < 200; group++) {
      Map<String, Integer> topics = topics(random);
      Map<String, Assignor.Member> members = members(random, topics);
      Map<String, List<TopicPartition>> assigned = Map.of();
      for (int round = 0; round < ROUNDS_MAX; round++) {
        assigned = new StickyAssignor().assign(members, topics);
        checkDisjoint(assigned);
        members = holding(members, assigned, 10 + round);
      }
      checkComplete(assigned, members, topics);
      checkBalanced(assigned, members);
      assertThat(new StickyAssignor().assign(members, topics))
          .as("seed=" + SEED)
          .isEqualTo(assigned);
    }
  }

  private static Map<String, Assignor.Member> holding(
      Map<String, Assignor.Member> members,
      Map<String, List<TopicPartition>> assigned,
      int generation) {
    Map<String, Assignor.Member> then = new TreeMap<>();
    members.forEach((id, one) ->
        then.put(id, member(one.topics(), assigned.getOrDefault(id, List.of()), generation)));
    return then;
  }

  private static void checkDisjoint(Map<String, List<TopicPartition>> assigned) {
    List<TopicPartition> all = assigned.values().stream().flatMap(List::stream).toList();
    assertThat(all).as("seed=" + SEED).doesNotHaveDuplicates();
  }

  private static void checkComplete(
      Map<String, List<TopicPartition>> assigned,
      Map<String, Assignor.Member> members,
      Map<String, Integer> topics) {
    Set<TopicPartition> wanted = new HashSet<>();
    members
        .values()
        .forEach(member ->
            member
                .topics()
                .forEach(topic -> {
                  for (int i = 0; i < topics.getOrDefault(topic, 0); i++) {
                    wanted.add(new TopicPartition(topic, i));
                  }
                }));
    Set<TopicPartition> given = new HashSet<>();
    assigned.values().forEach(given::addAll);
    assertThat(given).as("seed=" + SEED).isEqualTo(wanted);
  }

  /** Nobody has two more than another who could take one of them. */
  private static void checkBalanced(
      Map<String, List<TopicPartition>> assigned, Map<String, Assignor.Member> members) {
    assigned.forEach((rich, mine) ->
        mine.forEach(partition ->
            members.forEach((poor, member) -> {
              if (member.topics().contains(partition.topic())) {
                assertThat(mine.size() - assigned.get(poor).size())
                    .as("seed=" + SEED + " rich=" + rich + " poor=" + poor)
                    .isLessThan(2);
              }
            })));
  }

  private static Map<String, Integer> topics(SplittableRandom random) {
    Map<String, Integer> topics = new TreeMap<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      topics.put("t" + i, 1 + random.nextInt(8));
    }
    return topics;
  }

  private static Map<String, Assignor.Member> members(
      SplittableRandom random, Map<String, Integer> topics) {
    Map<String, Assignor.Member> members = new TreeMap<>();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      List<String> mine = topics.keySet().stream().filter(topic -> random.nextInt(4) > 0).toList();
      List<TopicPartition> owned = new ArrayList<>();
      for (String topic : mine) {
        owned.add(new TopicPartition(topic, random.nextInt(9)));
      }
      members.put("m" + i, member(mine, owned, random.nextInt(3)));
    }
    return members;
  }

  private static Assignor.Member member(
      List<String> topics, List<TopicPartition> owned, int generation) {
    return new Assignor.Member(null, topics, owned, generation);
  }

  private static List<TopicPartition> partitions(String topic, int... indexes) {
    List<TopicPartition> list = new ArrayList<>();
    for (int index : indexes) {
      list.add(new TopicPartition(topic, index));
    }
    return list;
  }
}
