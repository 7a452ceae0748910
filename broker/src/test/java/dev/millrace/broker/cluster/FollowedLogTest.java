package dev.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Broker;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.Node;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.PartitionLog;
import dev.millrace.net.Endpoint;
import dev.millrace.net.sim.SimNetwork;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.log.FollowedLog;
import dev.millrace.quorum.log.FollowedLog.Following;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.quorum.log.SoloLog;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.wire.Message;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A node without a vote follows one that has it, over a simulated network. */
class FollowedLogTest {
  private static final long SEED = Long.getLong("millrace.seed", 20_261_122L);
  private static final Path DATA = Path.of("/data");
  private static final Endpoint VOTER = new Endpoint("voter", 9093);

  private final SimOwners owners = new SimOwners(SEED);
  private final SimNetwork network = new SimNetwork(owners);
  private final Machine voter = new Machine("voter");
  private final SoloLog solo = voter.solo();
  private final Map<Integer, Endpoint> told = new TreeMap<>();

  /** What a log told. */
  private static final class Told implements MetadataLog.Observer {
    final List<Message> records = new ArrayList<>();
    final List<RuntimeException> failures = new ArrayList<>();
    int snapshots;
    int leader = -1;
    int epoch;
    long nextOffset;

    @Override
    public void onSnapshot(SnapshotId end, Stream<Message> told) {
      records.clear();
      told.forEach(records::add);
      snapshots++;
      nextOffset = end.offset();
    }

    @Override
    public void onCommit(long baseOffset, int itsEpoch, List<Message> told) {
      assertThat(baseOffset).isGreaterThanOrEqualTo(nextOffset);
      records.addAll(told);
      nextOffset = baseOffset + told.size();
    }

    @Override
    public void onLeaderChange(int newLeader, int newEpoch, long next) {
      assertThat(newEpoch).isGreaterThanOrEqualTo(epoch);
      leader = newLeader;
      epoch = newEpoch;
    }

    @Override
    public void onFailure(RuntimeException cause) {
      failures.add(cause);
    }
  }

  /** A machine with a disk. */
  private final class Machine {
    final SimOwners.Machine owner;
    final Told told = new Told();
    SimDisk disk = new SimDisk(owners.clock());
    final AtomicReference<@Nullable SoloLog> log = new AtomicReference<>();
    final Turns turns;

    Machine(String name) {
      owner = owners.machine(name);
      turns = owner.owner("quorum");
    }

    SoloLog.Parts parts(int id) {
      LogDirectory directory =
          LogDirectory.open(
              DATA,
              new LogDirectory.Environment(
                  disk, owners.clock(), owner.owner("disk"), this::durable, told::onFailure));
      return new SoloLog.Parts(directory, disk, owners.clock(), turns, id);
    }

    private void durable(PartitionLog synced, long end) {
      SoloLog now = log.get();
      if (now != null) {
        now.onDurable(synced, end);
      }
    }

    SoloLog solo() {
      SoloLog made = SoloLog.create(parts(1));
      log.set(made);
      turns.submit(() -> made.open(told));
      owners.runUntil(() -> told.leader == 1, 10_000);
      return made;
    }

    Told follow(int id, String clusterId, List<String> heard) {
      return follow(id, clusterId, heard, new AtomicReference<>());
    }

    Told follow(
        int id, String clusterId, List<String> heard, AtomicReference<@Nullable FollowedLog> made) {
      Told here = new Told();
      Turns calls = owner.owner("calls");
      SoloLog.Parts parts = parts(id);
      FollowedLog followed =
          FollowedLog.create(
              parts,
              new Following(
                  network.network(id, "follower", calls),
                  Map.of(1, new Endpoint("nobody", 1), 2, VOTER),
                  clusterId,
                  heard::add));
      made.set(followed);
      parts.turns().submit(() -> followed.open(here));
      return here;
    }
  }

  /** Tells the cluster's id and where the voters are, as a controller does. */
  private final class Identity implements Handler<DescribeClusterRequest> {
    @Override
    public ApiKey key() {
      return ApiKey.DESCRIBE_CLUSTER;
    }

    @Override
    public void handle(Call call, DescribeClusterRequest request) {
      call.answer(
          DescribeClusterResponse.builder()
              .clusterId("the-cluster")
              .brokers(
                  told.entrySet().stream()
                      .map(one ->
                          DescribeClusterResponse.DescribeClusterBroker.builder()
                              .brokerId(one.getKey())
                              .host(one.getValue().host())
                              .port(one.getValue().port())
                              .build())
                      .toList())
              .build());
    }
  }

  FollowedLogTest() {
    Node node =
        new Node(
            1, "the-cluster", BrokerSettings.of(StaticSettings.EMPTY), () -> ClusterImage.EMPTY);
    List<Handler<?>> handlers =
        List.of(
            new Identity(),
            new MetadataFetchHandler(solo.reads()),
            new MetadataSnapshotHandler(solo.reads()));
    network.listen(
        1,
        VOTER,
        "CONTROLLER",
        voter.owner.owner("loop"),
        new Broker(Handlers.withApiVersions(handlers, node), owners.clock()));
    network.weather(20, 0);
  }

  private static List<Message> records(int from, int to) {
    return IntStream.range(from, to)
        .<Message>mapToObj(i -> new FeatureLevelRecord("feature-" + i, (short) 1))
        .toList();
  }

  private void append(int from, int to) {
    for (Message record : records(from, to)) {
      voter.turns.submit(() -> solo.append(1, List.of(record), _ -> {}));
    }
    owners.runUntil(() -> voter.told.records.containsAll(records(from, to)), 10_000);
  }

  private void awaitRecords(Told told, int count) {
    owners.runUntil(() -> told.records.size() == count || !told.failures.isEmpty(), 60_000);
    assertThat(told.failures).isEmpty();
    assertThat(told.records).isEqualTo(records(0, count));
  }

  /** Voters were added and moved since the node was set up: whoever answers knows them. */
  @Test
  void whereVotersAreIsLearnt() {
    told.put(1, new Endpoint("gone", 9093));
    told.put(2, VOTER);
    told.put(5, new Endpoint("new", 9093));
    AtomicReference<@Nullable FollowedLog> made = new AtomicReference<>();
    Told here = new Machine("follower").follow(7, "", new ArrayList<>(), made);
    append(0, 20);
    awaitRecords(here, 20);
    FollowedLog followed = Objects.requireNonNull(made.get());
    assertThat(followed.addresses()).isEqualTo(told);
    owners.runMs(60_000);
    append(20, 40);
    awaitRecords(here, 40);
  }

  @Test
  void everythingThatIsCommittedComes() {
    append(0, 50);
    Machine machine = new Machine("follower");
    List<String> heard = new ArrayList<>();
    Told told = machine.follow(7, "", heard);
    awaitRecords(told, 50);
    owners.runUntil(() -> told.leader == 1, 10_000);
    assertThat(told.epoch).isEqualTo(1);
    assertThat(heard).containsExactly("the-cluster");
    long before = owners.clock().monotonicMs();
    append(50, 51);
    awaitRecords(told, 51);
    assertThat(owners.clock().monotonicMs() - before).as("it waits at the voter").isLessThan(300);

    network.isolate(7);
    append(51, 80);
    owners.runMs(8_000);
    network.heal();
    awaitRecords(told, 80);
  }

  @Test
  void whoIsFarBackReadsTheSnapshotAndACrashLosesNothing() {
    append(0, 40);
    voter.turns.submit(
        () -> solo.snapshot(new SnapshotId(voter.told.nextOffset, 1), records(0, 40).stream()));
    append(40, 60);
    Machine machine = new Machine("follower");
    Told told = machine.follow(7, "the-cluster", new ArrayList<>());
    awaitRecords(told, 60);
    assertThat(told.snapshots).isEqualTo(1);

    machine.owner.crash();
    network.kill(7);
    SimDisk left = machine.disk.crashed(Crash.losingUnsynced());
    machine = new Machine("follower again");
    machine.disk = left;
    append(60, 70);
    Told again = machine.follow(7, "the-cluster", new ArrayList<>());
    awaitRecords(again, 70);
    owners.runUntil(() -> again.leader == 1, 10_000);
  }

  @Test
  void theVoterOfAnotherClusterIsNotFollowed() {
    Told told = new Machine("follower").follow(7, "other", new ArrayList<>());
    owners.runUntil(() -> !told.failures.isEmpty(), 10_000);
    assertThat(told.failures.getFirst())
        .hasMessage(
            "this node belongs to cluster other, but the voter at voter:9093 belongs to cluster"
                + " the-cluster");
  }
}
