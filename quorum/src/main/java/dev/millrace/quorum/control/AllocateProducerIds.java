package dev.millrace.quorum.control;

import dev.millrace.quorum.record.ProducerIdsRecord;
import dev.millrace.wire.ErrorCode;
import java.util.List;

/** Gives a broker a block of producer ids that nobody else ever gets. */
public record AllocateProducerIds(int brokerId, long brokerEpoch)
    implements Command<AllocateProducerIds.Block> {
  /** Ids in a block. */
  public static final int BLOCK_SIZE = 1000;

  /** Ids from {@code first} on. */
  public record Block(long first, int size) {}

  @Override
  public Decision<Block> decide(Rules rules) {
    long first = rules.image().nextProducerId();
    Outcome<Block> outcome =
        Rules.attempt(() -> {
          rules.registered(brokerId, brokerEpoch);
          if (first > Long.MAX_VALUE - BLOCK_SIZE) {
            throw new RefusedException(
                ErrorCode.UNKNOWN_SERVER_ERROR, "all producer ids are used up");
          }
          return new Block(first, BLOCK_SIZE);
        });
    return switch (outcome) {
      case Outcome.Done<Block> done ->
          new Decision<>(
              List.of(new ProducerIdsRecord(brokerId, brokerEpoch, first + BLOCK_SIZE)), done);
      case Outcome.Refused<Block> refused -> new Decision<>(List.of(), refused);
    };
  }
}
