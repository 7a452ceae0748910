package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Coordinator;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.InTransaction;
import dev.millrace.coordinator.LedPartitions;
import dev.millrace.coordinator.PartitionCoordinator;
import dev.millrace.coordinator.consumer.Beat;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.ListGroupsResponse.ListedGroup;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetDeleteRequest;
import dev.millrace.wire.message.OffsetDeleteResponse;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/**
 * The groups whose coordinator is this node: those that hash to a partition of {@code
 * __consumer_offsets} that it leads. Safe for any thread; answers come in turns of the partition's
 * owner, each exactly once.
 *
 * <p>What depends on the version of a request is settled by the caller: topics carry names and,
 * where known, ids; members of LeaveGroup stand in the list; the rebalance timeout is set. Errors
 * that are told to clients are in the responses.
 */
public final class GroupCoordinator implements Coordinator {
  /** The topic on which groups and their offsets live. */
  public static final String TOPIC = "__consumer_offsets";

  /** The most that a member may say about itself, over all its protocols, bytes. */
  static final int MEMBER_METADATA_BYTES_MAX = 4 << 20;

  /** The most that a member id has of the client's name for itself, characters. */
  private static final int MEMBER_NAME_LENGTH_MAX = 255;

  /** Where the end of a transaction stands in line: it concerns no group in particular. */
  private static final String NO_LANE = "";

  private final GroupSettings settings;
  private final Clock clock;
  private final List<Turns> owners;
  private final IntSupplier partitionCount;
  private final RandomGenerator random;
  private final GroupRules rules;
  private final AtomicInteger members = new AtomicInteger();
  private final LedPartitions<GroupMachine> led = new LedPartitions<>();

  /**
   * @param owners partitions are spread over them
   * @param partitionCount of {@link #TOPIC}, or what it will have when it is created
   * @param random makes member ids, which whoever knows them may use: it must not be guessed.
   *     Called from any thread
   * @param rules of groups of the consumer protocol
   */
  public GroupCoordinator(
      GroupSettings settings,
      Clock clock,
      List<Turns> owners,
      IntSupplier partitionCount,
      RandomGenerator random,
      ConsumerRules rules) {
    this(
        settings,
        clock,
        owners,
        partitionCount,
        random,
        new GroupRules(rules, ShareGroupRules.NONE, StreamsGroupRules.NONE));
  }

  /**
   * The same with groups of all kinds.
   *
   * @param rules of each kind
   */
  public GroupCoordinator(
      GroupSettings settings,
      Clock clock,
      List<Turns> owners,
      IntSupplier partitionCount,
      RandomGenerator random,
      GroupRules rules) {
    this.settings = settings;
    this.clock = clock;
    this.owners = List.copyOf(owners);
    this.partitionCount = partitionCount;
    this.random = random;
    this.rules = rules;
  }

  // Partitions

  /** The partition of {@link #TOPIC} on which a group lives. */
  @Override
  public int partitionOf(String groupId) {
    return LedPartitions.partitionOf(groupId, partitionCount.getAsInt());
  }

  /** This node leads a partition: its groups are loaded from {@code log}. */
  @Override
  public void elected(int partition, int leaderEpoch, CoordinatorLog log) {
    led.elected(
        partition,
        leaderEpoch,
        () ->
            new PartitionCoordinator<>(
                TOPIC + "-" + partition,
                owners.get(partition % owners.size()),
                log,
                settings.offsets().commitTimeoutMs(),
                deadlines -> new GroupMachine(settings, clock, deadlines, rules, members)));
  }

  @Override
  public void resigned(int partition, int leaderEpoch) {
    led.resigned(partition, leaderEpoch);
  }

  @Override
  public void close() {
    led.close();
  }

  @Override
  public void whenLoaded(int partition, Consumer<ErrorCode> ready) {
    led.whenLoaded(partition, ready);
  }

  // Members

  public void join(
      JoinGroupRequest request,
      GroupClient client,
      JoinRules rules,
      Consumer<JoinGroupResponse> answer) {
    Joins command =
        new Joins(request, client, rules, memberId(request, client), new Answer<>(answer));
    int sessionMs = request.sessionTimeoutMs();
    if (request.groupId().isEmpty()) {
      command.refuse(ErrorCode.INVALID_GROUP_ID);
    } else if (sessionMs < settings.membership().sessionMinMs()
        || sessionMs > settings.membership().sessionMaxMs()) {
      command.refuse(ErrorCode.INVALID_SESSION_TIMEOUT);
    } else if (metadataBytes(request) > MEMBER_METADATA_BYTES_MAX) {
      command.refuse(ErrorCode.MESSAGE_TOO_LARGE);
    } else {
      submit(request.groupId(), command);
    }
  }

  public void sync(SyncGroupRequest request, Consumer<SyncGroupResponse> answer) {
    submitNamed(request.groupId(), new Syncs(request, new Answer<>(answer)));
  }

  public void heartbeat(HeartbeatRequest request, Consumer<HeartbeatResponse> answer) {
    submitNamed(request.groupId(), new Heartbeats(request, new Answer<>(answer)));
  }

  /**
   * The same for a member whose client has nothing else to do meanwhile: when all is well it is
   * answered only once there is news, so that the member hears of it at once.
   *
   * @param waits called when the answer waits for news, which may never come: the caller ends that
   */
  public void heartbeat(
      HeartbeatRequest request, Consumer<HeartbeatResponse> answer, Runnable waits) {
    submitNamed(request.groupId(), new Heartbeats(request, new Answer<>(answer), waits));
  }

  public void leave(LeaveGroupRequest request, Consumer<LeaveGroupResponse> answer) {
    submitNamed(request.groupId(), new Leaves(request, new Answer<>(answer)));
  }

  // Members of the consumer protocol (KIP-848)

  public void heartbeat(
      ConsumerGroupHeartbeatRequest request,
      GroupClient client,
      Consumer<ConsumerGroupHeartbeatResponse> answer) {
    Beat beat = new Beat(request, uuid().toString(), client.clientId(), client.host());
    submitNamed(request.groupId(), new ConsumerHeartbeats(beat, new Answer<>(answer)));
  }

  /** The share groups among them. */
  public ShareGroupFront shares() {
    return new ShareGroupFront(this, rules.shares());
  }

  /** The streams groups among them. */
  public StreamsGroupFront streams() {
    return new StreamsGroupFront(this);
  }

  /** Topics came, went or have other partitions, so groups may have something else to read. */
  public void topicsChanged() {
    led.all().forEach(one -> one.read(GroupMachine::topicsChanged, _ -> {}));
  }

  /** Describes groups of the consumer protocol, in the order of their ids. */
  public void describeConsumers(
      List<String> groupIds, Consumer<List<ConsumerGroupDescribeResponse.DescribedGroup>> answer) {
    Gather<ConsumerGroupDescribeResponse.DescribedGroup> gather =
        new Gather<>(groupIds.size(), answer);
    for (int i = 0; i < groupIds.size(); i++) {
      int index = i;
      String groupId = groupIds.get(i);
      if (groupId.isEmpty()) {
        gather.put(index, ConsumerViews.undescribed(groupId, ErrorCode.INVALID_GROUP_ID));
        continue;
      }
      read(
          groupId,
          machine -> gather.put(index, ConsumerViews.describe(groupId, machine)),
          error -> gather.put(index, ConsumerViews.undescribed(groupId, error)));
    }
  }

  // Offsets

  /**
   * @param groupMustExist whether the request's version knows {@link ErrorCode#GROUP_ID_NOT_FOUND}
   *     and the epochs of the consumer protocol
   */
  public void commit(
      OffsetCommitRequest request, boolean groupMustExist, Consumer<OffsetCommitResponse> answer) {
    submit(request.groupId(), new OffsetCommits(request, groupMustExist, new Answer<>(answer)));
  }

  /**
   * Commits offsets as part of a producer's transaction.
   *
   * @param part whose transaction
   * @param enlistment asks the transaction's coordinator
   */
  public void commitInTransaction(
      OffsetCommitRequest request,
      InTransaction.Part part,
      Enlistment enlistment,
      Consumer<OffsetCommitResponse> answer) {
    String groupId = request.groupId();
    Command<GroupMachine> command =
        new TxnOffsetCommits(request, part, partitionOf(groupId), enlistment, new Answer<>(answer));
    submitNamed(groupId, command);
  }

  /** Ends a producer's transaction on a partition: its offsets count then, or never. */
  public void endTransaction(int partition, InTransaction.End end, Consumer<ErrorCode> answer) {
    led.submit(partition, NO_LANE, new TransactionEnds(end, new Answer<>(answer)));
  }

  /**
   * Reads offsets of groups, in the order of the requests.
   *
   * @param stableOnly whether offsets that an open transaction may change are refused (KIP-447)
   */
  public void fetch(
      List<OffsetFetchRequestGroup> requests,
      boolean stableOnly,
      Consumer<List<OffsetFetchResponseGroup>> answer) {
    Gather<OffsetFetchResponseGroup> gather = new Gather<>(requests.size(), answer);
    for (int i = 0; i < requests.size(); i++) {
      int index = i;
      fetch(requests.get(i), stableOnly, group -> gather.put(index, group));
    }
  }

  private void fetch(
      OffsetFetchRequestGroup request,
      boolean stableOnly,
      Consumer<OffsetFetchResponseGroup> answer) {
    String groupId = request.groupId();
    read(
        groupId,
        machine -> answer.accept(OffsetFetches.answer(machine, request, stableOnly)),
        error -> answer.accept(OffsetFetches.failed(groupId, error)));
  }

  public void deleteOffsets(OffsetDeleteRequest request, Consumer<OffsetDeleteResponse> answer) {
    submitNamed(request.groupId(), new OffsetDeletes(request, new Answer<>(answer)));
  }

  /** A topic is deleted: its offsets go. */
  public void topicDeleted(String topic, Uuid topicId) {
    led.all().forEach(one -> one.read(machine -> machine.topicDeleted(topic, topicId), _ -> {}));
  }

  // Groups

  /**
   * Describes groups, in the order of their ids. Error {@link ErrorCode#GROUP_ID_NOT_FOUND} and
   * state Dead say that there is no such group.
   */
  public void describe(List<String> groupIds, Consumer<List<DescribedGroup>> answer) {
    Gather<DescribedGroup> gather = new Gather<>(groupIds.size(), answer);
    for (int i = 0; i < groupIds.size(); i++) {
      int index = i;
      describe(groupIds.get(i), group -> gather.put(index, group));
    }
  }

  private void describe(String groupId, Consumer<DescribedGroup> answer) {
    read(
        groupId,
        machine -> answer.accept(GroupViews.describe(groupId, machine)),
        error -> answer.accept(GroupViews.undescribed(groupId, error)));
  }

  /**
   * Lists the groups of all partitions that this node leads.
   *
   * @param answer gets the groups, or the error of a partition that is not loaded yet
   */
  public void list(List<String> states, List<String> types, Consumer<Listing> answer) {
    List<PartitionCoordinator<GroupMachine>> all = List.copyOf(led.all());
    Gather<Listing> gather = new Gather<>(all.size(), parts -> answer.accept(Listing.of(parts)));
    for (int i = 0; i < all.size(); i++) {
      int index = i;
      all.get(i)
          .read(
              machine ->
                  gather.put(
                      index, new Listing(GroupViews.list(machine, states, types), ErrorCode.NONE)),
              error -> gather.put(index, new Listing(List.of(), error)));
    }
  }

  /** Deletes empty groups with their offsets; the answers are in the order of the ids. */
  public void delete(List<String> groupIds, Consumer<List<ErrorCode>> answer) {
    Gather<ErrorCode> gather = new Gather<>(groupIds.size(), answer);
    for (int i = 0; i < groupIds.size(); i++) {
      int index = i;
      String groupId = groupIds.get(i);
      submit(groupId, new GroupDeletes(groupId, new Answer<>(error -> gather.put(index, error))));
    }
  }

  /**
   * Groups, or why not all of them are known.
   *
   * @param error {@link ErrorCode#NONE} or {@link ErrorCode#COORDINATOR_LOAD_IN_PROGRESS}
   */
  public record Listing(List<ListedGroup> groups, ErrorCode error) {
    static Listing of(List<Listing> parts) {
      List<ListedGroup> groups = new ArrayList<>();
      for (Listing part : parts) {
        if (part.error() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) {
          return new Listing(List.of(), part.error());
        }
        groups.addAll(part.groups());
      }
      return new Listing(groups, ErrorCode.NONE);
    }
  }

  private static long metadataBytes(JoinGroupRequest request) {
    return request.protocols().stream().mapToLong(protocol -> protocol.metadata().size()).sum();
  }

  private String memberId(JoinGroupRequest request, GroupClient client) {
    String name = request.groupInstanceId() == null ? client.clientId() : request.groupInstanceId();
    return name.substring(0, Math.min(name.length(), MEMBER_NAME_LENGTH_MAX)) + "-" + uuid();
  }

  /** A random UUID (version 4) in its usual spelling. */
  private UUID uuid() {
    long most = (random.nextLong() & ~0xf000L) | 0x4000L;
    long least = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(most, least);
  }

  private void submitNamed(String groupId, Command<GroupMachine> command) {
    if (groupId.isEmpty()) {
      command.refuse(ErrorCode.INVALID_GROUP_ID);
    } else {
      submit(groupId, command);
    }
  }

  void submit(String groupId, Command<GroupMachine> command) {
    led.submit(partitionOf(groupId), groupId, command);
  }

  void read(String groupId, Consumer<GroupMachine> reader, Consumer<ErrorCode> refused) {
    led.read(partitionOf(groupId), reader, refused);
  }
}
