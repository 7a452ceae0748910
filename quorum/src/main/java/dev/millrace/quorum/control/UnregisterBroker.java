package dev.millrace.quorum.control;

import dev.millrace.quorum.control.Leaderships.Copies;
import dev.millrace.quorum.control.Leaderships.Loss;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.BrokerWish;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.quorum.record.UnregisterBrokerRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;

/** Forgets a fenced broker that will not come back. Its copies stay assigned to it. */
public record UnregisterBroker(int brokerId) implements Command<Integer> {
  /** Replies the id. */
  @Override
  public Decision<Integer> decide(Rules rules) {
    BrokerImage broker = rules.image().broker(brokerId);
    if (broker == null) {
      return new Decision<>(
          List.of(),
          Outcome.refused(
              ErrorCode.BROKER_ID_NOT_REGISTERED, "broker is not registered, broker=" + brokerId));
    }
    if (!broker.fenced() || rules.liveness().isAlive(brokerId, broker.epoch())) {
      return new Decision<>(
          List.of(),
          Outcome.refused(
              ErrorCode.INVALID_REQUEST, "broker is running, stop it first, broker=" + brokerId));
    }
    List<Message> records = new ArrayList<>();
    records.add(new UnregisterBrokerRecord(brokerId, broker.epoch()));
    records.addAll(forgottenWish(rules));
    records.addAll(new Leaderships(rules.after(records)).settle(new Copies(brokerId, this::judge)));
    return new Decision<>(records, Outcome.done(brokerId), true);
  }

  /** Whoever has the id next is another broker. */
  private List<Message> forgottenWish(Rules rules) {
    ConfigResource resource = ConfigResource.broker(brokerId);
    return rules.image().configs(resource).containsKey(BrokerWish.SETTING)
        ? List.of(
            new ConfigRecord(resource.scope().number(), resource.name(), BrokerWish.SETTING, null))
        : List.of();
  }

  /** Its copies are given up where another one has everything; the last one may still be needed. */
  private Loss judge(PartitionRules.OfTopic topic, PartitionImage partition) {
    boolean otherHasAll =
        partition.isr().stream().anyMatch(other -> other != brokerId)
            || partition.eligible().stream().anyMatch(other -> other != brokerId);
    return otherHasAll ? Loss.SOME : Loss.NONE;
  }
}
