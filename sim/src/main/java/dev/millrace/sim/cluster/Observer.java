package dev.millrace.sim.cluster;

import dev.millrace.base.bytes.Uuid;
import java.util.List;

/** Hears what nodes promise to clients, whether the clients hear it or not. */
public interface Observer {
  /**
   * A batch as it was sent.
   *
   * @param leaderEpoch in which the node leads the partition, as it believes; -1 when it does not
   * @param crc of everything in it that the broker does not change
   * @param values of its records, as text
   */
  record Sent(Uuid topicId, int index, int leaderEpoch, int crc, List<String> values) {}

  /** A node acknowledged a batch that was sent with {@code acks=all}. */
  void acknowledged(int node, Sent sent, long baseOffset);

  /** Something that must never be. */
  void broken(String what);
}
