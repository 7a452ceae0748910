package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;

/**
 * A number that is another one when the topics that a group reads are others, or their partitions.
 * It is kept in records of the group, so it does not depend on the process. FNV-1a, 64 bits.
 */
public final class TopicsHash {
  private static final long START = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private long hash = START;

  /** Takes in a topic. */
  public TopicsHash add(Uuid topicId) {
    return add(topicId.mostSignificantBits()).add(topicId.leastSignificantBits());
  }

  /** Takes in a partition, or how many there are. */
  public TopicsHash add(long number) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      hash = (hash ^ (number >>> shift & 0xff)) * PRIME;
    }
    return this;
  }

  /** The number; 0 when nothing was taken in, as Kafka has it. */
  public long value() {
    return hash == START ? 0 : hash;
  }
}
