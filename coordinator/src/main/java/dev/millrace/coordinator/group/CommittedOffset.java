package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.record.LegacyOffsetCommitValue;
import dev.millrace.coordinator.record.OffsetCommitValue;

/**
 * A committed offset of a group on a partition.
 *
 * @param value as it stands in the log
 * @param recordOffset where it stands in the log; of two, the later one counts
 */
record CommittedOffset(OffsetCommitValue value, long recordOffset) {
  /** Stands for "no expiry of its own". */
  static final long NO_EXPIRY = -1;

  private static final short VERSION = 4;
  private static final short VERSION_WITH_EXPIRY = 1;

  /** A value that is not in the log yet. */
  static CommittedOffset unwritten(OffsetCommitValue value) {
    return new CommittedOffset(value, -1);
  }

  /** A value of record kind 0, from before offsets had leader epochs. */
  static OffsetCommitValue legacy(LegacyOffsetCommitValue old) {
    return OffsetCommitValue.builder()
        .offset(old.offset())
        .metadata(old.metadata())
        .commitTimestamp(old.commitTimestamp())
        .build();
  }

  /** The version in which Kafka 4.3 writes it: only version 1 has room for an expiry. */
  short valueVersion() {
    return value.expireTimestamp() == NO_EXPIRY ? VERSION : VERSION_WITH_EXPIRY;
  }

  /**
   * Whether it is past its time.
   *
   * @param sinceMs when the time of the group's offsets began to run
   */
  boolean isExpired(long nowMs, long sinceMs, long retentionMs) {
    return value.expireTimestamp() == NO_EXPIRY
        ? nowMs - sinceMs >= retentionMs
        : nowMs >= value.expireTimestamp();
  }

  /** Whether it was committed for another topic that had the same name. */
  boolean isOfOtherTopic(Uuid topicId) {
    return !topicId.equals(Uuid.ZERO)
        && !value.topicId().equals(Uuid.ZERO)
        && !value.topicId().equals(topicId);
  }
}
