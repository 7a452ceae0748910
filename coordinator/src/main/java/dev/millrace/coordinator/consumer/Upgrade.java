package dev.millrace.coordinator.consumer;

import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue;
import java.util.List;

/**
 * A classic group becomes one of the consumer protocol, with its members and what they have. They
 * go on with the classic protocol, their generation is the epoch they are in.
 */
public final class Upgrade {
  private Upgrade() {}

  /**
   * A member of the classic group.
   *
   * @param profile with what it said in the classic protocol
   * @param assigned what it has
   */
  public record Member(String id, ConsumerGroupMemberMetadataValue profile, Partitions assigned) {}

  /**
   * Adds the group's records to a draft of a group that is empty. Its targets count as never
   * assigned, so that the next assignment does not wait.
   *
   * @param generation the last one of the classic group
   */
  public static void into(Draft draft, int generation, List<Member> members, TopicCatalog catalog) {
    for (Member member : members) {
      draft.profile(member.id(), member.profile());
    }
    draft.epoch(generation, Subscriptions.metadataHash(draft.group(), catalog));
    for (Member member : members) {
      draft.target(member.id(), member.assigned());
    }
    draft.assignmentEpoch(generation, 0);
    for (Member member : members) {
      draft.position(
          member.id(),
          new Position(
              generation,
              generation,
              MemberState.STABLE,
              Holdings.of(member.assigned(), generation),
              Holdings.NONE));
    }
  }
}
