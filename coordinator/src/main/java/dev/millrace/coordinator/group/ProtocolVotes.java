package dev.millrace.coordinator.group;

import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many members support each protocol. */
final class ProtocolVotes {
  private final Map<String, Integer> supporters = new HashMap<>();

  void add(List<JoinGroupRequestProtocol> protocols) {
    protocols.forEach(protocol -> supporters.merge(protocol.name(), 1, Integer::sum));
  }

  void remove(List<JoinGroupRequestProtocol> protocols) {
    protocols.forEach(protocol ->
        supporters.computeIfPresent(protocol.name(), (_, count) -> count == 1 ? null : count - 1));
  }

  /** Whether one of {@code protocols} is supported by all {@code members}. */
  boolean anyCommon(List<JoinGroupRequestProtocol> protocols, int members) {
    return protocols.stream()
        .anyMatch(protocol -> supporters.getOrDefault(protocol.name(), 0) == members);
  }

  /**
   * The protocol with the most votes: each member votes for the first of its protocols that all
   * support. Of several, the one that was voted for first.
   */
  String elect(Collection<Member> members) {
    Set<String> candidates = new HashSet<>();
    supporters.forEach((name, count) -> {
      if (count == members.size()) {
        candidates.add(name);
      }
    });
    Map<String, Integer> votes = new LinkedHashMap<>();
    for (Member member : members) {
      String vote = member.profile().vote(candidates);
      if (vote != null) {
        votes.merge(vote, 1, Integer::sum);
      }
    }
    String elected = null;
    for (Map.Entry<String, Integer> candidate : votes.entrySet()) {
      if (elected == null || candidate.getValue() > votes.getOrDefault(elected, 0)) {
        elected = candidate.getKey();
      }
    }
    if (elected == null) {
      throw new IllegalStateException(
          "members have no protocol in common, members=" + members.size());
    }
    return elected;
  }
}
