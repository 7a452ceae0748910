package dev.millrace.coordinator.sharegroup;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.consumer.TopicCatalog.Topic;
import dev.millrace.coordinator.consumer.TopicsHash;
import dev.millrace.coordinator.record.ShareGroupMemberMetadataValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ShareGroupHeartbeatRequest;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse.Assignment;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse.TopicPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** What heartbeats and changes of topics mean to a share group. */
public final class ShareMembership {
  private final ShareDraft draft;
  private final ShareGroupSettings settings;
  private final TopicCatalog catalog;
  private final long nowMs;

  /**
   * @param nowMs wall-clock time
   */
  public ShareMembership(
      ShareDraft draft, ShareGroupSettings settings, TopicCatalog catalog, long nowMs) {
    this.draft = draft;
    this.settings = settings;
    this.catalog = catalog;
    this.nowMs = nowMs;
  }

  // Heartbeats

  /** What is wrong with a request by itself, or null. */
  public static @Nullable Refusal check(ShareGroupHeartbeatRequest request) {
    if (request.groupId().isEmpty()) {
      return invalid("GroupId can't be empty");
    }
    if (request.memberId().isEmpty()) {
      return invalid("MemberId can't be empty");
    }
    if (request.rackId() != null && request.rackId().isEmpty()) {
      return invalid("RackId can't be empty, leave it out when there is none");
    }
    if (request.memberEpoch() < ShareBeat.LEAVE) {
      return invalid("MemberEpoch is invalid, epoch=" + request.memberEpoch());
    }
    List<String> names = request.subscribedTopicNames();
    return request.memberEpoch() == ShareBeat.JOIN && (names == null || names.isEmpty())
        ? invalid("SubscribedTopicNames must be set in first request")
        : null;
  }

  private static Refusal invalid(String message) {
    return new Refusal(ErrorCode.INVALID_REQUEST, message);
  }

  /** Takes in a heartbeat; the response is what is told when the draft is written. */
  public ShareGroupHeartbeatResponse take(ShareBeat beat) {
    Refusal refusal = refusal(beat);
    if (refusal != null) {
      return refused(refusal);
    }
    String memberId = beat.request().memberId();
    if (beat.leaves()) {
      remove(List.of(memberId));
      return ShareGroupHeartbeatResponse.builder()
          .memberId(memberId)
          .memberEpoch(ShareBeat.LEAVE)
          .build();
    }
    ShareMember before = draft.group().member(memberId);
    ShareGroupMemberMetadataValue profile = profile(beat, before);
    boolean changed = before == null || !before.profile().equals(profile);
    boolean subscribes =
        before == null
            || !before.profile().subscribedTopicNames().equals(profile.subscribedTopicNames());
    if (changed) {
      draft.profile(memberId, profile);
    }
    refresh(subscribes);
    return settle(beat, before == null ? Partitions.NONE : before.assigned());
  }

  private @Nullable Refusal refusal(ShareBeat beat) {
    ShareMember member = draft.group().member(beat.request().memberId());
    if (beat.joins()) {
      return member == null && draft.group().members().size() >= settings.sizeMax()
          ? new Refusal(
              ErrorCode.GROUP_MAX_SIZE_REACHED, "group is full, members=" + settings.sizeMax())
          : null;
    }
    if (member == null) {
      return new Refusal(
          ErrorCode.UNKNOWN_MEMBER_ID,
          "member is not known, join again, member=" + beat.request().memberId());
    }
    int epoch = beat.request().memberEpoch();
    return beat.leaves() || epoch == member.epoch() || epoch == member.previousEpoch()
        ? null
        : new Refusal(
            ErrorCode.FENCED_MEMBER_EPOCH,
            "member epoch is not the coordinator's, join again, epoch="
                + epoch
                + " known="
                + member.epoch());
  }

  private static ShareGroupMemberMetadataValue profile(
      ShareBeat beat, @Nullable ShareMember before) {
    ShareGroupHeartbeatRequest request = beat.request();
    List<String> names = request.subscribedTopicNames();
    String rack = request.rackId();
    ShareGroupMemberMetadataValue old =
        before == null
            ? new ShareGroupMemberMetadataValue(null, "", "", List.of())
            : before.profile();
    return new ShareGroupMemberMetadataValue(
        rack == null ? old.rackId() : rack,
        beat.clientId(),
        beat.clientHost(),
        names == null ? old.subscribedTopicNames() : names.stream().distinct().sorted().toList());
  }

  /** Brings the member to its target. */
  private ShareGroupHeartbeatResponse settle(ShareBeat beat, Partitions before) {
    String memberId = beat.request().memberId();
    ShareMember member = Objects.requireNonNull(draft.group().member(memberId));
    int epoch = draft.group().epochs().assignment();
    Partitions target = draft.group().target(memberId);
    if (member.epoch() != epoch || !member.assigned().equals(target)) {
      draft.position(memberId, member.at(epoch, target));
    }
    boolean tell =
        beat.joins()
            || beat.request().subscribedTopicNames() != null
            || beat.request().memberEpoch() != member.epoch()
            || !target.equals(before);
    boolean waits = !draft.group().states().initializing().isEmpty();
    return ShareGroupHeartbeatResponse.builder()
        .memberId(memberId)
        .memberEpoch(epoch)
        .heartbeatIntervalMs(
            waits
                ? Math.min(ShareGroupSettings.SOON_MS, settings.heartbeatIntervalMs())
                : settings.heartbeatIntervalMs())
        .assignment(tell ? assignment(target) : null)
        .build();
  }

  private static Assignment assignment(Partitions target) {
    List<TopicPartitions> topics = new ArrayList<>();
    for (Uuid topic : target.topics()) {
      topics.add(new TopicPartitions(topic, List.copyOf(target.of(topic))));
    }
    return new Assignment(topics);
  }

  /** The answer to a heartbeat that is refused. */
  public static ShareGroupHeartbeatResponse refused(Refusal refusal) {
    return ShareGroupHeartbeatResponse.builder()
        .errorCode(refusal.error())
        .errorMessage(refusal.message())
        .build();
  }

  // Changes

  /** Members go. */
  public void remove(List<String> memberIds) {
    boolean any = false;
    for (String memberId : memberIds) {
      if (draft.group().member(memberId) != null) {
        draft.remove(memberId);
        any = true;
      }
    }
    if (any) {
      refresh(true);
    }
  }

  /** States of partitions were made: the next heartbeat gives them out. */
  public void started(Partitions partitions) {
    Partitions.Builder done = new Partitions.Builder();
    partitions.forEach((topic, index) -> {
      if (draft.group().states().initializing().contains(topic, index)) {
        done.add(topic, index);
      }
    });
    Partitions now = done.build();
    if (!now.isEmpty()) {
      draft.states(draft.group().states().started(now));
    }
  }

  /** A topic is gone, or nobody is to read it any more. */
  public void forget(Uuid topicId) {
    draft.states(draft.group().states().forget(topicId));
  }

  /** The states of a topic are to be deleted. */
  public void ending(Uuid topicId) {
    draft.states(draft.group().states().ending(topicId));
  }

  /** The state of a group that nobody is in is set anew: the epoch of the new states. */
  public int nextStateEpoch() {
    int epoch = draft.group().epochs().group() + 1;
    draft.epoch(epoch, draft.group().epochs().metadataHash());
    return epoch;
  }

  /** A group begins with states, before anybody is in it: their epoch. */
  public int firstStateEpoch() {
    int epoch = draft.group().epochs().group();
    draft.epoch(epoch, 0);
    draft.assignmentEpoch(epoch, nowMs);
    return epoch;
  }

  /** States of partitions of topics that nobody may read yet are to be made. */
  public void starting(Partitions partitions) {
    draft.states(draft.group().states().starting(partitions, names(partitions)));
  }

  /**
   * Looks at the topics, as every heartbeat does. A group's epoch rises when its members have
   * changed, or what can be given out; so several topics that come together count as one change.
   */
  private void refresh(boolean membersChanged) {
    Partitions readable = readable();
    Partitions missing = missing(readable);
    if (!missing.isEmpty()) {
      draft.states(draft.group().states().starting(missing, names(missing)));
    }
    Partitions available = available(readable);
    long hash = hash(available);
    ShareGroup group = draft.group();
    if (membersChanged || hash != group.epochs().metadataHash()) {
      draft.epoch(group.epochs().group() + 1, hash);
    }
    if (draft.group().epochs().group() > draft.group().epochs().assignment()) {
      assign(available);
    }
  }

  /** What can be given out: partitions that have a state. */
  private Partitions available(Partitions readable) {
    Partitions.Builder available = new Partitions.Builder();
    readable.forEach((topic, index) -> {
      if (draft.group().states().initialized().contains(topic, index)) {
        available.add(topic, index);
      }
    });
    return available.build();
  }

  /** All partitions of all topics that members subscribe to. */
  private Partitions readable() {
    SortedSet<String> names = new TreeSet<>();
    draft
        .group()
        .members()
        .values()
        .forEach(member -> names.addAll(member.profile().subscribedTopicNames()));
    Partitions.Builder all = new Partitions.Builder();
    for (String name : names) {
      Topic topic = catalog.find(name);
      if (topic != null) {
        all.addRange(topic.id(), 0, topic.partitions());
      }
    }
    return all.build();
  }

  private Partitions missing(Partitions readable) {
    Partitions.Builder missing = new Partitions.Builder();
    ShareStatesKnown states = draft.group().states();
    readable.forEach((topic, index) -> {
      if (!states.has(topic, index) && !states.deleting().containsKey(topic)) {
        missing.add(topic, index);
      }
    });
    return missing.build();
  }

  private PMap<Uuid, String> names(Partitions partitions) {
    PMap<Uuid, String> names = HashTreePMap.empty();
    for (Uuid id : partitions.topics()) {
      Topic topic = catalog.find(id);
      names = names.plus(id, topic == null ? "" : topic.name());
    }
    return names;
  }

  private void assign(Partitions available) {
    ShareGroup group = draft.group();
    SortedMap<String, SortedSet<Uuid>> subscriptions = new TreeMap<>();
    for (ShareMember member : group.members().values()) {
      SortedSet<Uuid> topics = new TreeSet<>();
      for (String name : member.profile().subscribedTopicNames()) {
        Topic topic = catalog.find(name);
        if (topic != null) {
          topics.add(topic.id());
        }
      }
      subscriptions.put(member.id(), topics);
    }
    Map<String, Partitions> targets =
        SimpleAssignor.assign(subscriptions, group.targets(), available);
    targets.forEach((memberId, target) -> {
      if (!target.equals(group.target(memberId))) {
        draft.target(memberId, target);
      }
    });
    draft.assignmentEpoch(group.epochs().group(), nowMs);
  }

  /** Changes when the partitions that are given out change; 0 when there are none. */
  private static long hash(Partitions available) {
    TopicsHash hash = new TopicsHash();
    available
        .topics()
        .forEach(topic -> {
          hash.add(topic);
          available.of(topic).forEach(hash::add);
        });
    return hash.value();
  }
}
