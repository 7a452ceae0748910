package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.time.Clock;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.ConsumerMember;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.Draft;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.consumer.Upgrade;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import dev.millrace.coordinator.record.GroupMetadataValue;
import dev.millrace.coordinator.record.GroupMetadataValue.MemberMetadata;
import dev.millrace.wire.message.ConsumerProtocolSubscription;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Groups that change their protocol while members are in them.
 *
 * <p>Up, when the first member of the consumer protocol joins a group of classic consumers: those
 * stay with what they have, and are served by {@link ClassicMembers} from then on. Down, when the
 * last member of the consumer protocol goes: the others rebalance as a classic group.
 */
final class Migrations {
  private final ConsumerRules rules;
  private final Clock clock;
  private final Deadlines<GroupMachine> deadlines;
  private final int classicSizeMax;

  /**
   * @param classicSizeMax the most members that a classic group may have
   */
  Migrations(
      ConsumerRules rules, Clock clock, Deadlines<GroupMachine> deadlines, int classicSizeMax) {
    this.rules = rules;
    this.clock = clock;
    this.deadlines = deadlines;
    this.classicSizeMax = classicSizeMax;
  }

  // Up

  /** Why a group can't become one of the consumer protocol, or null when it may. */
  @Nullable String obstacle(ClassicGroup group) {
    ConsumerSettings settings = rules.settings(group.id());
    if (!settings.migration().upgrades()) {
      return "group has members of the classic protocol and"
          + " group.consumer.migration.policy does not let it change, group="
          + group.id();
    }
    if (!group.usesConsumerProtocol()) {
      return "group is none of consumers, group=" + group.id() + " type=" + group.protocolType();
    }
    if (group.size() > settings.sizeMax()) {
      return "group is too large to change, group=" + group.id() + " members=" + group.size();
    }
    boolean custom =
        group.members().stream()
            .anyMatch(member -> EmbeddedProtocol.hasUserData(member.assignment()));
    return custom
        // Apache's tests compare this text
        ? "Cannot upgrade classic group "
            + group.id()
            + " to consumer group because an unsupported custom assignor is in use. Please refer"
            + " to the documentation or switch to a default assignor before re-attempting the"
            + " upgrade."
        : null;
  }

  /** The group as one of the consumer protocol, or null when its members can't be understood. */
  @Nullable Draft upgrade(ClassicGroup group) {
    TopicCatalog catalog = rules.topics();
    List<Upgrade.Member> members = new ArrayList<>(group.size());
    for (Member member : group.members()) {
      Upgrade.Member upgraded = upgrade(group, member, catalog);
      if (upgraded == null) {
        return null;
      }
      members.add(upgraded);
    }
    Draft draft = new Draft(ConsumerGroup.empty(group.id()));
    if (group.isStored()) {
      draft.add(GroupRecords.groupGone(group.id()));
    }
    Upgrade.into(draft, group.generation(), members, catalog);
    return draft;
  }

  private static Upgrade.@Nullable Member upgrade(
      ClassicGroup group, Member member, TopicCatalog catalog) {
    Member.Profile profile = member.profile();
    if (profile.protocols().isEmpty()) {
      return null;
    }
    String current = group.protocol();
    Bytes metadata =
        current != null && profile.supports(current)
            ? profile.metadata(current)
            : profile.protocols().getFirst().metadata();
    ConsumerProtocolSubscription subscription = EmbeddedProtocol.subscription(metadata);
    Partitions assigned = EmbeddedProtocol.assigned(member.assignment(), catalog);
    return subscription == null || assigned == null
        ? null
        : new Upgrade.Member(
            member.id(), profile(profile, member.instanceId(), subscription), assigned);
  }

  /** What a classic member says, in the words of the consumer protocol. */
  static ConsumerGroupMemberMetadataValue profile(
      Member.Profile profile,
      @Nullable String instanceId,
      ConsumerProtocolSubscription subscription) {
    List<ClassicProtocol> protocols = new ArrayList<>(profile.protocols().size());
    for (JoinGroupRequestProtocol protocol : profile.protocols()) {
      protocols.add(new ClassicProtocol(protocol.name(), protocol.metadata()));
    }
    return ConsumerMember.SILENT.toBuilder()
        .instanceId(instanceId)
        .rackId(subscription.rackId())
        .clientId(profile.client().clientId())
        .clientHost(profile.client().host())
        .subscribedTopicNames(subscription.topics().stream().distinct().sorted().toList())
        .rebalanceTimeoutMs(profile.rebalanceTimeoutMs())
        .classicMemberMetadata(new ClassicMemberMetadata(profile.sessionTimeoutMs(), protocols))
        .build();
  }

  // Down

  /** Makes a group classic again whose last member of the consumer protocol went. */
  void downgradeIfDue(Draft draft) {
    if (downgrade(draft, knownEpoch(draft))) {
      String groupId = draft.group().id();
      deadlines.after(0, groupId, machine -> rebalance(machine, groupId));
    }
  }

  /**
   * Makes a group classic again whose last member of the consumer protocol was replaced by one of
   * the classic protocol: it goes on with what the group has.
   */
  void downgradeInPlaceIfDue(Draft draft) {
    if (downgrade(draft, draft.group().epochs().group())) {
      String groupId = draft.group().id();
      deadlines.after(0, groupId, machine -> restart(machine, groupId));
    }
  }

  /** The highest epoch that members know: the next generation is the one after it. */
  private static int knownEpoch(Draft draft) {
    int epoch = draft.epochBefore();
    for (ConsumerMember member : draft.group().members().values()) {
      epoch = Math.max(epoch, member.position().epoch());
    }
    return epoch;
  }

  private boolean downgrade(Draft draft, int generation) {
    ConsumerGroup group = draft.group();
    boolean due =
        !group.members().isEmpty()
            && group.isAllClassic()
            && group.members().size() <= classicSizeMax
            && rules.settings(group.id()).migration().downgrades();
    String protocol = due ? commonProtocol(group) : null;
    if (protocol == null) {
      return false;
    }
    GroupMetadataValue classic = classic(group, protocol, generation);
    draft.removeAll();
    draft.add(GroupRecords.group(group.id(), classic));
    return true;
  }

  /** A protocol that all members know; null when there is none. */
  private static @Nullable String commonProtocol(ConsumerGroup group) {
    String common = null;
    for (Map.Entry<String, Integer> protocol : group.classicProtocols().entrySet()) {
      boolean known = protocol.getValue() == group.members().size();
      if (known && (common == null || protocol.getKey().compareTo(common) < 0)) {
        common = protocol.getKey();
      }
    }
    return common;
  }

  private GroupMetadataValue classic(ConsumerGroup group, String protocol, int generation) {
    List<MemberMetadata> members = new ArrayList<>(group.members().size());
    for (ConsumerMember member : group.members().values()) {
      members.add(classic(member, protocol));
    }
    return GroupMetadataValue.builder()
        .protocolType(ClassicGroup.CONSUMER)
        .generation(generation)
        .protocol(protocol)
        .leader(members.getFirst().memberId())
        .currentStateTimestamp(clock.wallMs())
        .members(members)
        .build();
  }

  private MemberMetadata classic(ConsumerMember member, String protocol) {
    Bytes metadata = Bytes.EMPTY;
    ClassicMemberMetadata said = member.classic();
    if (said == null) {
      throw new IllegalStateException("member is not classic, member=" + member.id());
    }
    for (ClassicProtocol each : said.supportedProtocols()) {
      metadata = each.name().equals(protocol) ? each.metadata() : metadata;
    }
    return MemberMetadata.builder()
        .memberId(member.id())
        .groupInstanceId(member.instanceId())
        .clientId(member.profile().clientId())
        .clientHost(member.profile().clientHost())
        .rebalanceTimeout(member.profile().rebalanceTimeoutMs())
        .sessionTimeout(said.sessionTimeoutMs())
        .subscription(metadata)
        .assignment(
            EmbeddedProtocol.assignment(member.position().assigned(), rules.topics(), metadata))
        .build();
  }

  /** Asks the members of a group that was made classic to join again. */
  private static Decision rebalance(GroupMachine machine, String groupId) {
    restart(machine, groupId);
    ClassicGroup group = machine.find(groupId);
    return group == null || !group.in(GroupState.STABLE)
        ? Decision.NOTHING
        : machine.rebalances().prepare(group);
  }

  /** Starts the sessions of a group that was made classic. */
  private static Decision restart(GroupMachine machine, String groupId) {
    ClassicGroup group = machine.find(groupId);
    if (group != null) {
      group.members().forEach(member -> machine.sessions().restart(group, member));
    }
    return Decision.NOTHING;
  }
}
