package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue;
import dev.millrace.wire.ErrorCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a group and what it says about itself: members come, change, leave and are thrown out.
 * Everything that may change what anybody is to have raises the group's epoch, once, when all is
 * taken in.
 */
public final class StreamsMembership {
  /** Kafka's first epoch of a group: 1 is that of members that wait for the first assignment. */
  private static final int FIRST_EPOCH = 2;

  private final StreamsDraft draft;
  private final StreamsSettings settings;
  private final Layouts layouts;
  private boolean changed;

  /** What topologies mean with the topics that there are now. */
  @FunctionalInterface
  public interface Layouts {
    Layout of(Topology topology);
  }

  public StreamsMembership(StreamsDraft draft, StreamsSettings settings, Layouts layouts) {
    this.draft = draft;
    this.settings = settings;
    this.layouts = layouts;
  }

  /** What the group's topology means now; null when it has none. */
  @Nullable Layout layout() {
    Topology topology = draft.group().topology();
    return topology == null ? null : layouts.of(topology);
  }

  /** Sets what the application consists of. */
  void topology(Topology topology) {
    draft.topology(topology.value());
    changed = true;
  }

  /** Adds a member or changes what it says about itself. */
  void put(String memberId, StreamsGroupMemberMetadataValue profile) {
    StreamsMember before = draft.group().member(memberId);
    if (before == null) {
      draft.profile(memberId, profile);
      draft.position(memberId, Position.NEW);
      changed = true;
    } else if (!before.profile().equals(profile)) {
      draft.profile(memberId, profile);
      changed |= matters(before.profile(), profile);
    }
  }

  /** Whether a change of a member may change what anybody is to have. */
  private static boolean matters(
      StreamsGroupMemberMetadataValue before, StreamsGroupMemberMetadataValue after) {
    return !before.processId().equals(after.processId())
        || !before.clientTags().equals(after.clientTags())
        || before.topologyEpoch() != after.topologyEpoch();
  }

  /** Gives the place of a static member to its successor, which has everything but an epoch. */
  void replace(StreamsMember predecessor, String successorId) {
    Assigned target = draft.group().target(predecessor.id());
    draft.remove(predecessor.id());
    draft.profile(successorId, predecessor.profile());
    draft.target(successorId, target);
    draft.position(successorId, predecessor.position().at(0, 0));
  }

  /**
   * A member that is there joins again, with nothing. If it is to lose something by that it gets an
   * epoch that its life before did not know: so a request of then that comes late, or this one,
   * speaks for nobody else.
   */
  void restart(String memberId) {
    StreamsMember member = draft.group().member(memberId);
    if (member == null || member.position().hasNothing()) {
      return;
    }
    Position now = member.position();
    boolean keepsAll =
        now.revoking().isEmpty() && draft.group().target(memberId).containsAll(now.assigned());
    draft.position(memberId, now.at(keepsAll ? now.epoch() : 0, 0));
    changed |= !keepsAll;
  }

  /** Takes a member out. */
  public void remove(String memberId) {
    if (draft.group().member(memberId) != null) {
      draft.remove(memberId);
      changed = true;
    }
  }

  /**
   * A static member goes and will be back: it keeps what it has until its session ends. What it had
   * to let go it has let go by that.
   */
  void leaveForNow(StreamsMember member) {
    Position now = member.position();
    draft.position(
        member.id(),
        new Position(
            Position.AWAY,
            now.previousEpoch(),
            MemberState.STABLE,
            now.assigned(),
            Assigned.NONE,
            now.since(now.assigned())));
  }

  /** Raises the group's epoch if anything that counts has changed, here or in the cluster. */
  public void settle() {
    StreamsGroup group = draft.group();
    StreamsGroup.Epochs before = group.epochs();
    Topology topology = group.topology();
    Layout layout = layout();
    long hash = layout == null ? 0 : layout.hash();
    int validated = topology != null && layout != null && layout.isReady() ? topology.epoch() : -1;
    Map<String, String> configs = settings.assignmentConfigs();
    boolean same =
        hash == before.metadataHash()
            && validated == before.validatedTopology()
            && configs.equals(before.configs());
    if (changed || (!same && !group.members().isEmpty())) {
      draft.epochs(
          new StreamsGroup.Epochs(
              before.group() == 0 ? FIRST_EPOCH : before.group() + 1,
              hash,
              validated,
              configs,
              before.assignment(),
              before.assignedMs()));
      changed = false;
    }
  }

  /**
   * Whether offsets may be committed for a group.
   *
   * @param epoch that the commit carries; below 0 it comes from nobody's member
   */
  public static ErrorCode mayCommit(StreamsGroup group, String memberId, int epoch) {
    if (epoch < 0 && group.members().isEmpty()) {
      return ErrorCode.NONE;
    }
    StreamsMember member = group.member(memberId);
    if (member == null) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    return epoch > member.position().epoch() || epoch < 0
        ? ErrorCode.STALE_MEMBER_EPOCH
        : ErrorCode.NONE;
  }

  /**
   * Whether a member that may commit may do so for one partition: nobody else works on its task,
   * and a member that speaks from an older epoch worked on it then.
   *
   * @param epoch that the commit carries
   */
  public static boolean mayCommitFor(
      StreamsGroup group, StreamsMember member, int epoch, String topic, int partition) {
    Topology topology = group.topology();
    String reader = topology == null ? null : topology.readerOf(topic);
    if (reader == null) {
      return epoch == member.position().epoch();
    }
    Task task = new Task(reader, partition);
    if (epoch < member.position().epoch()) {
      return member.position().had(task, epoch);
    }
    for (Map.Entry<String, TaskRole> holder : group.holders().of(task).entrySet()) {
      if (holder.getValue() == TaskRole.ACTIVE && !holder.getKey().equals(member.id())) {
        return false;
      }
    }
    return true;
  }
}
