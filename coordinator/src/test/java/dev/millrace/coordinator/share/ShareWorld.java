package dev.millrace.coordinator.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** One share coordinator with one partition, in virtual time. */
final class ShareWorld {
  static final Uuid TOPIC = new Uuid(7, 7);
  static final Uuid NO_TOPIC = new Uuid(8, 8);
  static final ShareKey KEY = new ShareKey("group", TOPIC, 0);

  final SimOwners owners;
  private final ShareSettings settings;
  private int epoch;
  private ForgettingLog log;
  private ShareCoordinator coordinator;

  ShareWorld(long seed, ShareSettings settings) {
    this.owners = new SimOwners(seed);
    this.settings = settings;
    this.log = new ForgettingLog(owners.owner("disk"), List.of());
    this.coordinator = open();
    owners.runMs(5);
  }

  private ShareCoordinator open() {
    ShareCoordinator opened =
        new ShareCoordinator(
            settings,
            owners.clock(),
            List.of(owners.owner("coordinator")),
            () -> 1,
            (topicId, partition) -> topicId.equals(TOPIC) && partition < 4);
    opened.elected(0, epoch++, log);
    return opened;
  }

  ShareCoordinator coordinator() {
    return coordinator;
  }

  ForgettingLog log() {
    return log;
  }

  /** Another node takes over, with some of the batches that were not acknowledged. */
  void failOver(int survivors) {
    log.memory().die();
    ForgettingLog next = new ForgettingLog(owners.owner("disk"), log.remains(survivors));
    next.forget(log.forgotten());
    ShareCoordinator old = coordinator;
    log = next;
    coordinator = open();
    old.close();
    owners.runMs(5);
  }

  ShareAnswer initialize(ShareKey key, int stateEpoch, long startOffset) {
    Later later = new Later();
    coordinator.initialize(key, stateEpoch, startOffset, later::give);
    return later.get();
  }

  ShareAnswer write(int stateEpoch, int leaderEpoch, long start, DeliveryBatch... batches) {
    Later later = new Later();
    ShareState.Change change = new ShareState.Change(leaderEpoch, start, 0, List.of(batches));
    coordinator.write(KEY, stateEpoch, change, later::give);
    return later.get();
  }

  ShareAnswer read(ShareKey key, int leaderEpoch) {
    Later later = new Later();
    coordinator.read(key, leaderEpoch, later::give);
    return later.get();
  }

  ShareAnswer summary(ShareKey key) {
    Later later = new Later();
    coordinator.summary(key, later::give);
    return later.get();
  }

  ErrorCode delete(ShareKey key) {
    Later later = new Later();
    coordinator.delete(key, later::give);
    return later.get().error();
  }

  static DeliveryBatch batch(long first, long last, int state, int count) {
    return new DeliveryBatch(first, last, (byte) state, (short) count);
  }

  private final class Later {
    private final List<ShareAnswer> given = new ArrayList<>();

    void give(ShareAnswer answer) {
      given.add(answer);
    }

    ShareAnswer get() {
      owners.runMs(5);
      assertThat(given).as("answers").hasSize(1);
      return given.getFirst();
    }
  }
}
