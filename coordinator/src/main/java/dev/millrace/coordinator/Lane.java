package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one group, in order. A command is decided on committed state: while a write that
 * holds the lane is on its way, those behind it wait. Shared writes (offset commits) let everything
 * pass but commands that want to be alone.
 */
final class Lane<S extends StateMachine> {
  /** Most commands that wait in one lane. */
  static final int WAITING_MAX = 10_000;

  private final ArrayDeque<Command<S>> waiting = new ArrayDeque<>();
  private int sharedInFlight;
  private int holding;
  private boolean stuck;

  boolean admits(Command<S> command) {
    return waiting.isEmpty() && free(command);
  }

  /** Queues a command that can't be decided now; false when it has to be refused. */
  boolean queue(Command<S> command) {
    if (command.patience() == Command.Patience.CHORE) {
      waiting.add(command);
      return true;
    }
    if (stuck) {
      return false;
    }
    Command<S> last = waiting.peekLast();
    return (last != null && last.absorb(command))
        || (waiting.size() < WAITING_MAX && waiting.add(command));
  }

  /** The next command whose time has come, taken out of the queue. */
  @Nullable Command<S> next() {
    Command<S> head = waiting.peek();
    return head != null && free(head) ? waiting.poll() : null;
  }

  void writing(boolean shared) {
    if (shared) {
      sharedInFlight++;
    } else {
      holding++;
    }
  }

  void written(boolean shared) {
    if (shared) {
      sharedInFlight--;
    } else {
      holding--;
    }
    if (sharedInFlight + holding == 0) {
      stuck = false;
    }
  }

  /** A write takes too long: clients that wait for it are sent away, and so are those to come. */
  void stick() {
    stuck = true;
    List<Command<S>> chores = new ArrayList<>();
    List<Command<S>> clients = new ArrayList<>();
    for (Command<S> command : waiting) {
      (command.patience() == Command.Patience.CHORE ? chores : clients).add(command);
    }
    waiting.clear();
    waiting.addAll(chores);
    clients.forEach(command -> command.refuse(ErrorCode.COORDINATOR_NOT_AVAILABLE));
  }

  void refuseAll(ErrorCode error) {
    waiting.forEach(command -> command.refuse(error));
    waiting.clear();
  }

  boolean idle() {
    return sharedInFlight + holding == 0 && waiting.isEmpty();
  }

  private boolean free(Command<S> command) {
    return holding == 0 && (!command.alone() || sharedInFlight == 0);
  }
}
