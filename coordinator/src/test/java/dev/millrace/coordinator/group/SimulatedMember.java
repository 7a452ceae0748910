package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.turns.Turns;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A consumer that behaves as clients do: joins, syncs, beats, commits, retries. */
final class SimulatedMember {
  private static final GroupClient CLIENT = new GroupClient("m", "/h");
  private static final int SESSION_MS = 6_000;
  private static final int REBALANCE_MS = 10_000;
  private static final int BEAT_MS = 1_000;
  static final int KEPT_MS = 400;
  private static final int RETRY_MS = 100;
  private static final int REQUEST_TIMEOUT_MS = 15_000;

  private final SimulatedGroup group;
  private final Turns turns;
  private final String name;
  private String memberId = "";
  private String admittedId = "";
  private int generation = -1;
  private int step;
  private int succession;
  private int beats;
  private boolean gone;
  private List<Integer> partitions = List.of();

  /**
   * @param name of a static member, or empty
   */
  SimulatedMember(SimulatedGroup group, int number, String name) {
    this.group = group;
    this.turns = group.owners.owner("member-" + number + name);
    this.name = name;
  }

  String name() {
    return name;
  }

  String memberId() {
    return memberId;
  }

  int generation() {
    return generation;
  }

  List<Integer> partitions() {
    return partitions;
  }

  boolean isGone() {
    return gone;
  }

  void start() {
    turns.submit(this::join);
  }

  void crash() {
    gone = true;
  }

  void leave() {
    if (!memberId.isEmpty() && name.isEmpty()) {
      MemberIdentity me = MemberIdentity.builder().memberId(memberId).build();
      LeaveGroupRequest request =
          LeaveGroupRequest.builder().groupId(GROUP).members(List.of(me)).build();
      group.<LeaveGroupResponse>send(answer -> group.coordinator().leave(request, answer), _ -> {});
      gone = true;
    }
  }

  private @Nullable String instanceId() {
    return name.isEmpty() ? null : name;
  }

  /** Does {@code next} in a turn, unless something else was begun meanwhile. */
  private <R> Consumer<R> then(Consumer<R> next) {
    int mine = ++step;
    return response ->
        turns.submit(() -> {
          if (mine == step && !gone) {
            next.accept(response);
          }
        });
  }

  private void later(int delayMs, Runnable next) {
    Consumer<Runnable> then = then(Runnable::run);
    turns.after(delayMs, () -> then.accept(next));
  }

  /** Sends a request; when no answer comes, joins again, as a client with a new connection does. */
  private <R> void ask(int timeoutMs, Consumer<Consumer<R>> request, Consumer<R> answer) {
    Consumer<R> then = then(answer);
    int mine = step;
    turns.after(
        timeoutMs,
        () -> {
          if (mine == step && !gone) {
            join();
          }
        });
    group.send(request, then);
  }

  private void join() {
    partitions = List.of();
    JoinGroupRequest request =
        GroupWorld.joining(memberId, "range")
            .groupInstanceId(instanceId())
            .sessionTimeoutMs(SESSION_MS)
            .rebalanceTimeoutMs(REBALANCE_MS)
            .build();
    this.<JoinGroupResponse>ask(
        REQUEST_TIMEOUT_MS,
        answer -> group.coordinator().join(request, CLIENT, GroupWorld.NEWEST, answer),
        this::joined);
  }

  private void joined(JoinGroupResponse response) {
    switch (GroupWorld.error(response.errorCode())) {
      case NONE -> {
        memberId = response.memberId();
        generation = response.generationId();
        assertThat(response.leader()).isNotEmpty();
        sync(response);
      }
      case MEMBER_ID_REQUIRED -> {
        memberId = response.memberId();
        join();
      }
      default -> failed(GroupWorld.error(response.errorCode()));
    }
  }

  private void sync(JoinGroupResponse joined) {
    boolean leads = joined.leader().equals(memberId) && !joined.skipAssignment();
    Map<String, String> assignment = leads ? assignment(joined) : Map.of();
    if (leads) {
      group.assigned(generation, assignment);
    }
    List<SyncGroupRequestAssignment> list = new ArrayList<>();
    assignment.forEach((id, given) ->
        list.add(
            SyncGroupRequestAssignment.builder()
                .memberId(id)
                .assignment(Bytes.utf8(given))
                .build()));
    SyncGroupRequest request =
        SyncGroupRequest.builder()
            .groupId(GROUP)
            .memberId(memberId)
            .groupInstanceId(instanceId())
            .generationId(generation)
            .assignments(list)
            .build();
    this.<SyncGroupResponse>ask(
        REQUEST_TIMEOUT_MS,
        answer -> group.coordinator().sync(request, response -> admit(request, response, answer)),
        this::synced);
  }

  /**
   * Notes who holds a name: from its first assignment on, a holder is known to last, and its
   * predecessor is out.
   */
  private void admit(
      SyncGroupRequest request, SyncGroupResponse response, Consumer<SyncGroupResponse> answer) {
    boolean another = !request.memberId().equals(admittedId);
    if (response.errorCode() == 0 && !name.isEmpty() && another) {
      admittedId = request.memberId();
      succession = group.succeeded(name);
    }
    answer.accept(response);
  }

  /** Deals the partitions out in turn: {@code 0 3 6}. */
  private static Map<String, String> assignment(JoinGroupResponse joined) {
    Map<String, String> assignment = new TreeMap<>();
    for (int i = 0; i < SimulatedGroup.PARTITIONS; i++) {
      String id = joined.members().get(i % joined.members().size()).memberId();
      assignment.merge(id, Integer.toString(i), (a, b) -> a + " " + b);
    }
    return assignment;
  }

  private void synced(SyncGroupResponse response) {
    ErrorCode error = GroupWorld.error(response.errorCode());
    if (error != ErrorCode.NONE) {
      failed(error);
      return;
    }
    String given = response.assignment().utf8();
    group.synced(generation, memberId, given);
    partitions =
        given.isEmpty()
            ? List.of()
            : Arrays.stream(given.split(" ")).map(Integer::valueOf).toList();
    later(BEAT_MS, this::beat);
  }

  private void beat() {
    if (!partitions.isEmpty() && group.random.nextInt(3) == 0) {
      commit(partitions.get(group.random.nextInt(partitions.size())));
    }
    HeartbeatRequest request =
        HeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId(memberId)
            .groupInstanceId(instanceId())
            .generationId(generation)
            .build();
    this.<HeartbeatResponse>ask(
        2 * BEAT_MS,
        answer -> heartbeat(request, answer),
        response -> {
          ErrorCode error = GroupWorld.error(response.errorCode());
          if (error == ErrorCode.NONE) {
            later(BEAT_MS, this::beat);
          } else {
            failed(error);
          }
        });
  }

  /** Sends a heartbeat; the answer of every second one may wait for news. */
  private void heartbeat(HeartbeatRequest request, Consumer<HeartbeatResponse> answer) {
    beats++;
    if (beats % 2 == 0) {
      group.coordinator().heartbeat(request, answer);
      return;
    }
    Answer<HeartbeatResponse> once = new Answer<>(answer);
    group
        .coordinator()
        .heartbeat(
            request,
            once::give,
            () -> turns.after(KEPT_MS, () -> once.give(HeartbeatResponse.builder().build())));
  }

  /** Commits; now and then the request is on its way so long that its member may be out of date. */
  private void commit(int partition) {
    long offset = group.nextOffset();
    int sentIn = generation;
    int holder = succession;
    boolean[] fenced = new boolean[1];
    int[] synced = new int[1];
    OffsetCommitRequest request =
        GroupWorld.committing(memberId, generation, "topic", partition, offset)
            .groupInstanceId(instanceId())
            .build();
    boolean slow = !group.isResting() && group.random.nextInt(10) == 0;
    int delayMs = slow ? group.random.nextInt(2 * SESSION_MS) : 0;
    group.<OffsetCommitResponse>sendLater(
        delayMs,
        answer -> {
          fenced[0] = !name.isEmpty() && group.successions(name) > holder;
          synced[0] = group.syncedGeneration();
          group.coordinator().commit(request, true, answer);
        },
        response -> {
          if (GroupWorld.error(response) == ErrorCode.NONE) {
            group.committed(partition, offset, sentIn, synced[0]);
            assertThat(fenced[0]).as(group.owners.story("fenced member commits nothing")).isFalse();
          }
        });
  }

  private void failed(ErrorCode error) {
    switch (error) {
      case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
        if (name.isEmpty() || error == ErrorCode.UNKNOWN_MEMBER_ID) {
          memberId = "";
        }
        later(RETRY_MS, this::join);
      }
      case REBALANCE_IN_PROGRESS,
          COORDINATOR_NOT_AVAILABLE,
          COORDINATOR_LOAD_IN_PROGRESS,
          NOT_COORDINATOR ->
          later(RETRY_MS, this::join);
      case FENCED_INSTANCE_ID -> gone = true;
      default -> throw new AssertionError(group.owners.story("unexpected error, error=" + error));
    }
  }
}
