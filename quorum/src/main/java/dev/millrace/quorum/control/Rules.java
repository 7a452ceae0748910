package dev.millrace.quorum.control;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.Replay;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a decision rests on.
 *
 * @param image everything decided before, committed or not
 * @param nextOffset the offset of the first record that this decision appends
 * @param settings effective settings of the controller's node
 * @param random for new topic ids and for where placement starts
 * @param liveness of brokers, as the active controller knows it
 * @param nodeId of the controller's node
 */
public record Rules(
    ClusterImage image,
    long nextOffset,
    BrokerSettings settings,
    RandomGenerator random,
    Liveness liveness,
    int nodeId) {

  /** While nobody was heard of. */
  public Rules(
      ClusterImage image, long nextOffset, BrokerSettings settings, RandomGenerator random) {
    this(image, nextOffset, settings, random, Liveness.NONE, NO_NODE);
  }

  private static final int NO_NODE = -1;

  /** Most partitions that one request may create. */
  static final int PARTITIONS_PER_REQUEST_MAX = 10_000;

  /** Tries one of the things that were asked for; what it refuses becomes its outcome. */
  static <T> Outcome<T> attempt(Supplier<T> thing) {
    try {
      return Outcome.done(thing.get());
    } catch (RefusedException refused) {
      return refused.outcome();
    }
  }

  /** The same once {@code records}, the first of this decision, are applied. */
  Rules after(List<Message> records) {
    Replay replay = new Replay(image);
    records.forEach(replay::apply);
    long offset = nextOffset + records.size();
    ClusterImage after = replay.finish(offset - 1, image.epoch()).image();
    return new Rules(
        after, offset, after.brokerSettings(settings, nodeId), random, liveness, nodeId);
  }

  /** The registration of a broker that says it has this epoch. */
  BrokerImage registered(int brokerId, long brokerEpoch) {
    BrokerImage broker = image.broker(brokerId);
    if (broker == null) {
      throw new RefusedException(
          ErrorCode.BROKER_ID_NOT_REGISTERED, "broker is not registered, broker=" + brokerId);
    }
    if (broker.epoch() != brokerEpoch) {
      throw new RefusedException(
          ErrorCode.STALE_BROKER_EPOCH,
          "broker epoch is stale, epoch=" + brokerEpoch + " registered=" + broker.epoch());
    }
    return broker;
  }
}
