package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;

import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.streams.Task;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.TaskIds;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a streams application as Kafka's own client behaves: it lets tasks go before it
 * says so, and takes new ones when it hears of them.
 */
final class SimulatedThread {
  private static final int INTERVAL_MS = 200;
  private static final int ANSWER_MS = 150;

  private final SimulatedStreams world;
  private final Turns turns;
  private final @Nullable String instance;
  private String id;
  private final String process;
  private NavigableSet<Task> active = new TreeSet<>();
  private NavigableSet<Task> standby = new TreeSet<>();
  private int epoch;
  private int lives;
  private int silentBeats;
  private boolean says = true;
  private boolean gone;

  SimulatedThread(SimulatedStreams world, String id, String process, @Nullable String instance) {
    this.world = world;
    this.turns = world.owners.owner("thread-" + id);
    this.id = id;
    this.process = process;
    this.instance = instance;
    schedule(0);
  }

  String id() {
    return id;
  }

  String process() {
    return process;
  }

  int epoch() {
    return epoch;
  }

  Set<Task> active() {
    return active;
  }

  Set<Task> standby() {
    return standby;
  }

  boolean isGone() {
    return gone;
  }

  /** Something that the thread works on, or, seldom, something else. */
  @Nullable Task anyTask(RandomGenerator random) {
    if (random.nextInt(5) == 0) {
      return new Task(Integer.toString(random.nextInt(3)), random.nextInt(2));
    }
    return active.isEmpty() ? null : new ArrayList<>(active).get(random.nextInt(active.size()));
  }

  void leave() {
    gone = true;
    lives++;
    world.beat(request(-1).build(), _ -> {});
    drop();
  }

  void crash() {
    gone = true;
    lives++;
  }

  /** Does and says nothing for a while, and goes on as if nothing had been. */
  void pause(int pauseMs) {
    silentBeats = 1 + pauseMs / INTERVAL_MS;
  }

  /** A static member goes for a while and comes again under another id. */
  void restart() {
    if (instance != null && epoch > 0) {
      world.beat(request(-2).build(), _ -> {});
      drop();
      id = id + "'";
      lives++;
      turns.after(400, () -> schedule(0));
    }
  }

  private void drop() {
    epoch = 0;
    active = new TreeSet<>();
    standby = new TreeSet<>();
    says = true;
  }

  private void schedule(int delayMs) {
    int mine = lives;
    turns.after(delayMs, () -> beat(mine));
  }

  private void beat(int mine) {
    if (mine != lives || gone) {
      return;
    }
    if (silentBeats > 0) {
      silentBeats--;
      schedule(INTERVAL_MS);
      return;
    }
    StreamsGroupHeartbeatRequest.Builder request = request(epoch);
    boolean told = says || epoch == 0;
    if (told) {
      request.activeTasks(ids(active)).standbyTasks(ids(standby)).warmupTasks(List.of());
    }
    if (epoch == 0) {
      request.topology(StreamsApplication.topology()).processId(process).rebalanceTimeoutMs(3_000);
    }
    boolean[] answered = {false};
    int sent = epoch;
    world.beat(
        request.build(),
        response -> {
          if (mine == lives && !gone && !answered[0] && sent == epoch) {
            answered[0] = true;
            says = false;
            take(response);
          }
        });
    // who hears nothing says everything again
    turns.after(
        ANSWER_MS,
        () -> {
          if (mine == lives && !answered[0]) {
            answered[0] = true;
            says = true;
          }
        });
    world.maybeCommit(this);
    schedule(INTERVAL_MS);
  }

  private StreamsGroupHeartbeatRequest.Builder request(int atEpoch) {
    return StreamsGroupHeartbeatRequest.builder()
        .groupId(GROUP)
        .memberId(id)
        .instanceId(instance)
        .memberEpoch(atEpoch);
  }

  private void take(StreamsGroupHeartbeatResponse response) {
    switch (ErrorCode.of(response.errorCode())) {
      case NONE -> {
        epoch = response.memberEpoch();
        if (response.activeTasks() != null && response.standbyTasks() != null) {
          active = tasks(response.activeTasks());
          standby = tasks(response.standbyTasks());
          says = true;
        }
      }
      case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND, UNRELEASED_INSTANCE_ID ->
          drop();
      default -> says = true;
    }
  }

  private static NavigableSet<Task> tasks(List<StreamsGroupHeartbeatResponse.TaskIds> ids) {
    NavigableSet<Task> tasks = new TreeSet<>();
    ids.forEach(each ->
        each.partitions()
            .forEach(partition -> tasks.add(new Task(each.subtopologyId(), partition))));
    return tasks;
  }

  private static List<TaskIds> ids(Set<Task> tasks) {
    Map<String, List<Integer>> bySubtopology = new TreeMap<>();
    tasks.forEach(task ->
        bySubtopology
            .computeIfAbsent(task.subtopology(), _ -> new ArrayList<>())
            .add(task.partition()));
    List<TaskIds> ids = new ArrayList<>();
    bySubtopology.forEach(
        (subtopology, partitions) -> ids.add(new TaskIds(subtopology, partitions)));
    return ids;
  }
}
