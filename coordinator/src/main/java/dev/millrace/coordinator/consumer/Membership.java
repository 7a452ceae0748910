package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue;
import dev.millrace.coordinator.record.ConsumerGroupRegularExpressionValue;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a group and what it says about itself: members come, change, leave and are thrown out.
 * Everything that may change what anybody is to have raises the group's epoch.
 */
public final class Membership {
  private final Draft draft;
  private final TopicCatalog catalog;
  private final long nowMs;

  public Membership(Draft draft, TopicCatalog catalog, long nowMs) {
    this.draft = draft;
    this.catalog = catalog;
    this.nowMs = nowMs;
  }

  /** Adds a member or changes what it says about itself. */
  public void put(String memberId, ConsumerGroupMemberMetadataValue profile) {
    ConsumerMember before = draft.group().member(memberId);
    if (before == null) {
      draft.profile(memberId, profile);
      draft.position(memberId, Position.NEW);
    } else if (!before.profile().equals(profile)) {
      draft.profile(memberId, profile);
    }
    ConsumerGroupMemberMetadataValue old =
        before == null ? ConsumerMember.SILENT : before.profile();
    String regex = orEmpty(profile.subscribedTopicRegex());
    String oldRegex = orEmpty(old.subscribedTopicRegex());
    boolean sameNames = old.subscribedTopicNames().equals(profile.subscribedTopicNames());
    if (sameNames && regex.equals(oldRegex)) {
      return;
    }
    boolean matched = matches(oldRegex);
    Subscriptions.resolveNew(draft, catalog, nowMs);
    if (!sameNames || matched || matches(regex)) {
      bump();
    }
  }

  /** Whether an expression stands for any topic. */
  private boolean matches(String regex) {
    ConsumerGroupRegularExpressionValue resolved = draft.group().regexes().get(regex);
    return resolved != null && !resolved.topics().isEmpty();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** Gives the place of a static member to its successor, which has everything but an epoch. */
  public void replace(ConsumerMember predecessor, String successorId) {
    Position old = predecessor.position();
    Partitions target = draft.group().target(predecessor.id());
    draft.remove(predecessor.id());
    draft.profile(successorId, predecessor.profile());
    draft.target(successorId, target);
    draft.position(successorId, new Position(0, 0, old.state(), old.assigned(), old.revoking()));
  }

  /** Takes members out. */
  public void remove(List<String> memberIds) {
    boolean any = false;
    for (String memberId : memberIds) {
      if (draft.group().member(memberId) != null) {
        draft.remove(memberId);
        any = true;
      }
    }
    if (any) {
      Subscriptions.resolveNew(draft, catalog, nowMs);
      bump();
    }
  }

  /** A static member goes and will be back: it keeps what it has until its session ends. */
  void leaveForNow(ConsumerMember member) {
    Position now = member.position();
    draft.position(
        member.id(),
        new Position(
            Position.AWAY, now.previousEpoch(), now.state(), now.assigned(), Holdings.NONE));
  }

  /** The cluster's topics have changed: raises the epoch if the group reads one of them. */
  public void refresh() {
    Subscriptions.refresh(draft, catalog, nowMs);
    ConsumerGroup group = draft.group();
    if (Subscriptions.metadataHash(group, catalog) != group.epochs().metadataHash()) {
      bump();
    }
  }

  private void bump() {
    ConsumerGroup group = draft.group();
    draft.epoch(group.epochs().group() + 1, Subscriptions.metadataHash(group, catalog));
  }

  /**
   * Whether offsets may be committed for a group.
   *
   * @param epoch that the commit carries; below 0 it comes from nobody's member
   * @return {@link ErrorCode#NONE}, {@link ErrorCode#UNKNOWN_MEMBER_ID}, {@link
   *     ErrorCode#STALE_MEMBER_EPOCH} or {@link ErrorCode#ILLEGAL_GENERATION}
   */
  public static ErrorCode mayCommit(ConsumerGroup group, String memberId, int epoch) {
    if (epoch < 0 && group.members().isEmpty()) {
      return ErrorCode.NONE;
    }
    ConsumerMember member = group.member(memberId);
    if (member == null) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    if (member.isClassic()) {
      return epoch == member.position().epoch() ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }
    return epoch > member.position().epoch() || epoch < 0
        ? ErrorCode.STALE_MEMBER_EPOCH
        : ErrorCode.NONE;
  }

  /**
   * Whether a member that may commit may do so for one partition: nobody else has it, and a member
   * that speaks from an older epoch had it then. Members of the classic protocol may for all.
   *
   * @param epoch that the commit carries
   */
  public static boolean mayCommitFor(
      ConsumerGroup group, ConsumerMember member, int epoch, Uuid topicId, int partition) {
    if (member.isClassic()) {
      return true;
    }
    if (epoch < member.position().epoch()) {
      return member.had(topicId, partition, epoch);
    }
    String owner = group.owner(topicId, partition);
    return owner == null || owner.equals(member.id());
  }
}
