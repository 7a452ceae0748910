package dev.millrace.coordinator.transaction;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.wire.ErrorCode;
import java.util.List;

/**
 * A request that takes a transactional id from one state to another. It may be decided more than
 * once: again when it has got a producer id, or when the transaction before is complete; not after
 * its client was told to come again, since it would undo what the client did then.
 */
abstract class Step implements Command<TransactionMachine> {
  private final String id;
  private final Answer answer;
  private long freshId = ProducerIdentity.NO_ID;
  private ErrorCode idError = ErrorCode.NONE;
  private boolean waited;
  private boolean answered;

  /** Takes who the producer is now; {@link ProducerIdentity#NONE} with an error. */
  @FunctionalInterface
  interface Answer {
    void take(ErrorCode error, ProducerIdentity producer);
  }

  Step(String id, Answer answer) {
    this.id = id;
    this.answer = answer;
  }

  /** What the rules say. */
  abstract Verdict judge(TransactionMachine machine, long freshId);

  @Override
  public final Decision decide(TransactionMachine machine) {
    if (answered) {
      return Decision.NOTHING;
    }
    if (idError != ErrorCode.NONE) {
      return nothing(() -> refuse(idError));
    }
    return switch (judge(machine, freshId)) {
      case Verdict.Write write -> write(machine, write);
      case Verdict.Fence fence -> fence(machine, fence.next());
      case Verdict.Done done -> nothing(() -> answer(ErrorCode.NONE, done.told()));
      case Verdict.Refused refused -> nothing(() -> refuse(refused.error()));
      case Verdict.Busy _ -> nothing(() -> await(machine));
      case Verdict.NeedsProducerId _ ->
          nothing(() -> machine.withProducerId(id, this, this::gotProducerId));
    };
  }

  @Override
  public final void refuse(ErrorCode error) {
    answer(error, ProducerIdentity.NONE);
  }

  private static Decision nothing(Runnable reply) {
    reply.run();
    return Decision.NOTHING;
  }

  private void gotProducerId(ErrorCode error, long producerId) {
    idError = error;
    freshId = producerId;
  }

  /** Waits for the transaction before this one; once only, so that everybody is answered. */
  private void await(TransactionMachine machine) {
    if (waited) {
      refuse(ErrorCode.CONCURRENT_TRANSACTIONS);
    } else {
      waited = true;
      machine.whenComplete(id, this);
    }
  }

  private Decision write(TransactionMachine machine, Verdict.Write write) {
    return Decision.write(
        List.of(TransactionRecords.of(write.next())),
        error -> {
          if (error == ErrorCode.NONE) {
            machine.lastEpoch(id, write.lastEpoch());
            answer(ErrorCode.NONE, write.told());
          } else {
            refuse(error);
          }
        });
  }

  private Decision fence(TransactionMachine machine, Transaction next) {
    return Decision.write(
        List.of(TransactionRecords.of(next)),
        error -> {
          if (error == ErrorCode.NONE) {
            machine.lastEpoch(id, ProducerIdentity.NO_EPOCH);
            await(machine);
          } else {
            refuse(error);
          }
        });
  }

  private void answer(ErrorCode error, ProducerIdentity producer) {
    if (!answered) {
      answered = true;
      answer.take(error, producer);
    }
  }
}
