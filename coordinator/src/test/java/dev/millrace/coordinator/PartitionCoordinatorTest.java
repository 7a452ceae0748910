package dev.millrace.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PartitionCoordinatorTest {
  private static final long COMMIT_TIMEOUT_MS = 5_000;

  private final SimOwners owners = new SimOwners(7);
  private final Turns owner = owners.owner("coordinator");
  private final MemoryLog log = new MemoryLog(owners.owner("disk"), List.of());
  private final List<String> events = new ArrayList<>();

  /** The last value of each key. */
  private final class Last implements StateMachine {
    final Map<String, String> values = new TreeMap<>();
    final Deadlines<Last> deadlines;

    Last(Deadlines<Last> deadlines) {
      this.deadlines = deadlines;
    }

    @Override
    public void apply(CoordinatorLog.Entry entry) {
      if (entry instanceof CoordinatorLog.Entry.Stored stored) {
        Bytes value = stored.record().value();
        if (value == null) {
          throw new IllegalArgumentException("value is missing");
        }
        values.put(stored.record().key().utf8(), value.utf8());
      }
    }

    @Override
    public void loaded() {
      events.add("loaded");
    }

    @Override
    public void unloaded(ErrorCode error) {
      events.add("unloaded " + error);
    }
  }

  /** Writes what a function of the state says. */
  private class Put implements Command<Last> {
    final String name;
    final Function<Last, List<KeyValue>> records;
    final boolean shared;
    final boolean alone;

    Put(String name, boolean shared, boolean alone, Function<Last, List<KeyValue>> records) {
      this.name = name;
      this.shared = shared;
      this.alone = alone;
      this.records = records;
    }

    @Override
    public Decision decide(Last state) {
      events.add("decide " + name);
      Decision.Outcome outcome = error -> events.add(name + " " + error);
      return shared
          ? Decision.writeShared(records.apply(state), outcome)
          : Decision.write(records.apply(state), outcome);
    }

    @Override
    public void refuse(ErrorCode error) {
      events.add("refuse " + name + " " + error);
    }

    @Override
    public boolean alone() {
      return alone;
    }
  }

  private Put put(String name, String key, String value) {
    return new Put(name, false, false, _ -> List.of(record(key, value)));
  }

  private static KeyValue record(String key, String value) {
    return new KeyValue(Bytes.utf8(key), Bytes.utf8(value));
  }

  private PartitionCoordinator<Last> opened() {
    PartitionCoordinator<Last> coordinator =
        new PartitionCoordinator<>("p-0", owner, log, COMMIT_TIMEOUT_MS, Last::new);
    coordinator.load();
    owners.runMs(1);
    events.clear();
    return coordinator;
  }

  private Map<String, String> state(PartitionCoordinator<Last> coordinator) {
    Map<String, String> seen = new TreeMap<>();
    coordinator.read(
        machine -> seen.putAll(machine.values), error -> seen.put("error", error.name()));
    owners.runMs(1);
    return seen;
  }

  @Test
  void aReplyLeavesAfterItsRecordIsCommittedAndApplied() {
    PartitionCoordinator<Last> coordinator = opened();
    log.hold();
    coordinator.submit("a", put("put", "k", "v"));
    owners.runMs(1);
    assertThat(events).containsExactly("decide put");
    assertThat(state(coordinator)).isEmpty();

    log.release();
    owners.runMs(1);
    assertThat(events).containsExactly("decide put", "put NONE");
    assertThat(state(coordinator)).containsEntry("k", "v");
  }

  @Test
  void whatCameTogetherIsWrittenTogether() {
    PartitionCoordinator<Last> coordinator = opened();
    for (int i = 0; i < 10; i++) {
      coordinator.submit("lane" + i, put("put" + i, "k" + i, "v"));
    }
    owners.runMs(1);
    assertThat(log.batchSizes()).containsExactly(10);
    assertThat(state(coordinator)).hasSize(10);
  }

  @Test
  void aLaneWaitsForItsWriteAndOthersPass() {
    PartitionCoordinator<Last> coordinator = opened();
    log.hold();
    coordinator.submit("a", put("first", "k", "1"));
    coordinator.submit(
        "a",
        new Put(
            "second", false, false, state -> List.of(record("k", state.values.get("k") + "+2"))));
    coordinator.submit("b", put("other", "x", "1"));
    owners.runMs(1);
    assertThat(events).containsExactly("decide first", "decide other");

    log.release();
    owners.runMs(1);
    assertThat(events).contains("first NONE", "other NONE", "decide second", "second NONE");
    assertThat(state(coordinator)).containsEntry("k", "1+2");
  }

  @Test
  void sharedWritesPassEachOtherAndWhoWantsToBeAloneWaits() {
    PartitionCoordinator<Last> coordinator = opened();
    log.hold();
    coordinator.submit("a", new Put("s1", true, false, _ -> List.of(record("k", "1"))));
    owners.runMs(1);
    coordinator.submit("a", new Put("s2", true, false, _ -> List.of(record("k", "2"))));
    owners.runMs(1);
    coordinator.submit("a", new Put("alone", false, true, _ -> List.of(record("k", "3"))));
    owners.runMs(1);
    coordinator.submit("a", new Put("s3", true, false, _ -> List.of(record("k", "4"))));
    owners.runMs(1);
    assertThat(events).containsExactly("decide s1", "decide s2");

    log.release();
    owners.runMs(1);
    assertThat(events)
        .containsExactly(
            "decide s1",
            "decide s2",
            "s1 NONE",
            "s2 NONE",
            "decide alone",
            "alone NONE",
            "decide s3",
            "s3 NONE");
    assertThat(state(coordinator)).containsEntry("k", "4");
  }

  @Test
  void aRefusedAppendChangesNothing() {
    PartitionCoordinator<Last> coordinator = opened();
    log.refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
    coordinator.submit("a", put("put", "k", "v"));
    coordinator.submit("a", put("next", "k", "v"));
    owners.runMs(1);
    assertThat(events)
        .containsExactly(
            "decide put",
            "put COORDINATOR_NOT_AVAILABLE",
            "decide next",
            "next COORDINATOR_NOT_AVAILABLE");
    assertThat(state(coordinator)).isEmpty();

    log.refuse(null);
    coordinator.submit("a", put("again", "k", "v"));
    owners.runMs(1);
    assertThat(state(coordinator)).containsEntry("k", "v");
  }

  @Test
  void clientsOfAWriteThatTakesTooLongAreSentAway() {
    PartitionCoordinator<Last> coordinator = opened();
    log.hold();
    coordinator.submit("a", put("slow", "k", "v"));
    coordinator.submit("a", put("behind", "k", "w"));
    owners.runMs(COMMIT_TIMEOUT_MS + 1);
    coordinator.submit("a", put("later", "k", "x"));
    owners.runMs(1);
    assertThat(events)
        .containsExactly(
            "decide slow",
            "slow COORDINATOR_NOT_AVAILABLE",
            "refuse behind COORDINATOR_NOT_AVAILABLE",
            "refuse later COORDINATOR_NOT_AVAILABLE");

    log.release();
    owners.runMs(1);
    assertThat(events).last().isEqualTo("slow NONE");
    assertThat(state(coordinator)).containsEntry("k", "v");
    coordinator.submit("a", put("again", "k", "y"));
    owners.runMs(1);
    assertThat(state(coordinator)).containsEntry("k", "y");
  }

  @Test
  void choresWaitAsLongAsItTakes() {
    PartitionCoordinator<Last> coordinator = opened();
    log.hold();
    coordinator.submit("a", put("slow", "k", "v"));
    coordinator.read(
        machine ->
            machine.deadlines.after(
                100,
                "a",
                state -> {
                  events.add("chore sees " + state.values);
                  return Decision.NOTHING;
                }),
        _ -> {});
    owners.runMs(COMMIT_TIMEOUT_MS * 2);
    assertThat(events).containsExactly("decide slow", "slow COORDINATOR_NOT_AVAILABLE");
    log.release();
    owners.runMs(1);
    assertThat(events).last().isEqualTo("chore sees {k=v}");
  }

  @Test
  void largeDecisionsAreSplitAndTooLargeRecordsRefused() {
    PartitionCoordinator<Last> coordinator = opened();
    log.batchBytesMax(400);
    List<KeyValue> many = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      many.add(record("key" + i, "0123456789"));
    }
    coordinator.submit("a", new Put("many", false, false, _ -> many));
    coordinator.submit("b", put("huge", "k", "x".repeat(400)));
    owners.runMs(2);
    assertThat(events).contains("many NONE", "huge UNKNOWN_SERVER_ERROR");
    assertThat(log.batchSizes()).hasSizeGreaterThan(1).allSatisfy(n -> assertThat(n).isPositive());
    assertThat(state(coordinator)).hasSize(20);
  }

  @Test
  void moreThanTheLogTakesIsRefused() {
    PartitionCoordinator<Last> coordinator = opened();
    log.hold();
    int writes = (int) (WriteQueue.IN_FLIGHT_BYTES_MAX >> 19) + 2;
    for (int i = 0; i < writes; i++) {
      coordinator.submit("lane" + i, put("w", "k" + i, "x".repeat(1 << 19)));
    }
    owners.runMs(10);
    assertThat(events).contains("w COORDINATOR_NOT_AVAILABLE");
    log.release();
    owners.runMs(10);
    assertThat(events).contains("w NONE");
  }

  @Test
  void theLogIsLoadedBeforeAnythingIsDecided() {
    for (int i = 0; i < 30; i++) {
      log.put(CoordinatorLog.NO_PRODUCER, record("k" + i % 10, "v" + i));
    }
    PartitionCoordinator<Last> coordinator =
        new PartitionCoordinator<>("p-0", owner, log, COMMIT_TIMEOUT_MS, Last::new);
    coordinator.load();
    coordinator.whenLoaded(error -> events.add("ready " + error));
    coordinator.submit("a", put("early", "k", "v"));
    owners.runMs(1);
    assertThat(events)
        .containsExactly("refuse early COORDINATOR_LOAD_IN_PROGRESS", "loaded", "ready NONE");
    assertThat(state(coordinator)).hasSize(10).containsEntry("k9", "v29");
  }

  @Test
  void aLogThatCantBeReadIsNotServed() {
    log.damage("crc mismatch");
    PartitionCoordinator<Last> coordinator = opened();
    coordinator.submit("a", put("put", "k", "v"));
    coordinator.whenLoaded(error -> events.add("ready " + error));
    owners.runMs(1);
    assertThat(events).containsExactly("refuse put NOT_COORDINATOR", "ready NOT_COORDINATOR");
    assertThat(state(coordinator)).containsEntry("error", "NOT_COORDINATOR");
  }

  @Test
  void aRecordThatCantBeAppliedStopsTheCoordinator() {
    log.put(CoordinatorLog.NO_PRODUCER, new KeyValue(Bytes.utf8("k"), null));
    PartitionCoordinator<Last> coordinator = opened();
    assertThat(state(coordinator)).containsEntry("error", "NOT_COORDINATOR");
  }

  @Test
  void everybodyIsAnsweredWhenThePartitionGoes() {
    PartitionCoordinator<Last> coordinator = opened();
    log.hold();
    coordinator.submit("a", put("written", "k", "v"));
    coordinator.submit("a", put("waiting", "k", "v"));
    owners.runMs(1);
    coordinator.submit("b", put("open", "k", "v"));
    coordinator.close(ErrorCode.NOT_COORDINATOR);
    coordinator.submit("b", put("after", "k", "v"));
    owners.runMs(1);
    log.release();
    owners.runMs(COMMIT_TIMEOUT_MS * 2);
    assertThat(events)
        .containsExactlyInAnyOrder(
            "decide written",
            "decide open",
            "unloaded NOT_COORDINATOR",
            "written NOT_COORDINATOR",
            "open NOT_COORDINATOR",
            "refuse waiting NOT_COORDINATOR",
            "refuse after NOT_COORDINATOR");
  }
}
