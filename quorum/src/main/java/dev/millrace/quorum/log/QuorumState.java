package dev.millrace.quorum.log;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The file {@code quorum-state} beside the metadata log: in which epoch it was last led, and by
 * whom. One line of JSON in the form that Apache Kafka has for voters that are fixed (data version
 * 0):
 *
 * <pre>
 *   {"leaderId":1,"leaderEpoch":3,"votedId":1,"currentVoters":[{"voterId":1}],"data_version":0}
 * </pre>
 */
record QuorumState(int leaderId, int leaderEpoch, int votedId, List<Integer> voters) {
  static final String NAME = "quorum-state";

  private static final Pattern EPOCH = Pattern.compile("\"leaderEpoch\"\\s*:\\s*([0-9]{1,9})\\b");

  String json() {
    return voters.stream()
        .map(voter -> "{\"voterId\":" + voter + "}")
        .collect(
            Collectors.joining(
                ",",
                "{\"leaderId\":"
                    + leaderId
                    + ",\"leaderEpoch\":"
                    + leaderEpoch
                    + ",\"votedId\":"
                    + votedId
                    + ",\"currentVoters\":[",
                "],\"data_version\":0}"));
  }

  /** The epoch in the text of the file; 0 when it has none. */
  static int epoch(String json) {
    Matcher matcher = EPOCH.matcher(json);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }
}
