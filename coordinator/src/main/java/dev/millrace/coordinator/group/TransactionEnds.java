package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.InTransaction;
import dev.millrace.wire.ErrorCode;

/** A producer's transaction ends on this partition: its offsets count from now on, or never. */
final class TransactionEnds implements Command<GroupMachine> {
  private final InTransaction.End end;
  private final Answer<ErrorCode> answer;

  TransactionEnds(InTransaction.End end, Answer<ErrorCode> answer) {
    this.end = end;
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    machine.openEnds().ending(end.producerId());
    return Decision.end(end, new Ending(machine));
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(error);
  }

  /** Until the marker's fate is known no offsets get in behind it unasked. */
  private final class Ending implements Decision.Outcome {
    private final GroupMachine machine;

    Ending(GroupMachine machine) {
      this.machine = machine;
    }

    @Override
    public void answer(ErrorCode error) {
      answer.give(error);
    }

    @Override
    public void committed() {
      machine.openEnds().ended(end.producerId());
      answer(ErrorCode.NONE);
    }

    @Override
    public void refused(ErrorCode error) {
      machine.openEnds().ended(end.producerId());
      answer(error);
    }
  }
}
