package dev.millrace.quorum.control;

import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.record.BrokerRegistrationChangeRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;

/** Lets a broker lead and be told to clients: it has opened its logs and listens. */
public record UnfenceBroker(int brokerId, long brokerEpoch) implements Command<Boolean> {
  private static final byte UNFENCE = -1;

  /** Replies whether that was news. */
  @Override
  public Decision<Boolean> decide(Rules rules) {
    List<Message> records = new ArrayList<>();
    Outcome<Boolean> outcome =
        Rules.attempt(() -> {
          BrokerImage broker = rules.registered(brokerId, brokerEpoch);
          if (broker.fenced()) {
            records.add(
                BrokerRegistrationChangeRecord.builder()
                    .brokerId(brokerId)
                    .brokerEpoch(brokerEpoch)
                    .fenced(UNFENCE)
                    .build());
            records.addAll(new Leaderships(rules.after(records)).settle());
          }
          return broker.fenced();
        });
    return new Decision<>(records, outcome, true);
  }
}
