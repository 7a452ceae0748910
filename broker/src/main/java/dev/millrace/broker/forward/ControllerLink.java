package dev.millrace.broker.forward;

import dev.millrace.base.turns.Timeout;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Response;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks whichever node is the active controller. When it cannot be reached, is not the controller
 * any more, or another one leads by now, the question goes out again until its time is over. Safe
 * for any thread.
 */
public final class ControllerLink {
  /** Between two looks at who leads. */
  private static final long LOOK_MS = 20;

  private final Network network;
  private final Lane lane;
  private final IntSupplier leader;
  private final Supplier<Map<Integer, Endpoint>> controllers;

  /**
   * @param lane of the questions: those of one lane wait for each other
   * @param leader id of the node that leads the metadata, -1 while nobody does; any thread
   * @param controllers where they listen now, by their ids; any thread
   */
  public ControllerLink(
      Network network,
      Lane lane,
      IntSupplier leader,
      Supplier<Map<Integer, Endpoint>> controllers) {
    this.network = network;
    this.lane = lane;
    this.leader = leader;
    this.controllers = controllers;
  }

  /**
   * What is asked, and when it is given up.
   *
   * @param patienceMs milliseconds for all attempts together
   * @param error the code of an answer: NOT_CONTROLLER sends the question to another node
   */
  public record Ask<R extends Response>(
      Question<R> question,
      int patienceMs,
      ToIntFunction<R> error,
      Consumer<R> answered,
      Consumer<NetException> failed) {}

  /** Asks; one of the ask's two receivers is called once, in a turn of the network's owner. */
  public <R extends Response> void ask(Ask<R> ask) {
    try {
      network.turns().submit(() -> new Attempts<>(ask).next());
    } catch (RejectedExecutionException e) {
      ask.failed().accept(new NetException(Kind.CLOSED, "the node is going down", e));
    }
  }

  /** The attempts of one question. Belongs to the network's owner. */
  private final class Attempts<R extends Response> {
    private final Ask<R> ask;
    private final long deadlineMs;
    private int number;
    private @Nullable Timeout looking;
    private NetException last =
        new NetException(Kind.UNREACHABLE, "the cluster has no active controller at the moment");

    Attempts(Ask<R> ask) {
      this.ask = ask;
      this.deadlineMs = network.clock().monotonicMs() + ask.patienceMs();
    }

    void next() {
      long leftMs = deadlineMs - network.clock().monotonicMs();
      if (leftMs <= 0) {
        ask.failed().accept(last);
        return;
      }
      int node = leader.getAsInt();
      Endpoint there = controllers.get().get(node);
      int mine = ++number;
      if (there == null) {
        again(mine);
        return;
      }
      Question<R> question = ask.question();
      int timeoutMs = (int) Math.min(leftMs, question.timeoutMs());
      look(mine, node);
      network.call(
          there,
          lane,
          new Question<>(
                  question.key(),
                  question.highest(),
                  question.request(),
                  question.reading(),
                  timeoutMs)
              .then(answer -> answered(mine, answer), fault -> failed(mine, fault)));
    }

    private void answered(int attempt, R answer) {
      if (attempt != number) {
        return;
      }
      if (ask.error().applyAsInt(answer) == ErrorCode.NOT_CONTROLLER.code()) {
        again(attempt);
      } else {
        end();
        ask.answered().accept(answer);
      }
    }

    private void failed(int attempt, NetException fault) {
      if (attempt != number) {
        return;
      }
      last = fault;
      if (fault.kind() == Kind.VERSION || fault.kind() == Kind.UNREADABLE) {
        end();
        ask.failed().accept(fault);
      } else {
        again(attempt);
      }
    }

    /** A controller that hangs does not keep the question when another one leads. */
    private void look(int attempt, int asked) {
      looking =
          network
              .turns()
              .after(
                  LOOK_MS,
                  () -> {
                    int now = leader.getAsInt();
                    if (attempt == number && now >= 0 && now != asked) {
                      next();
                    } else if (attempt == number) {
                      look(attempt, asked);
                    }
                  });
    }

    private void again(int attempt) {
      stopLooking();
      network
          .turns()
          .after(
              LOOK_MS,
              () -> {
                if (attempt == number) {
                  next();
                }
              });
    }

    private void end() {
      number++;
      stopLooking();
    }

    private void stopLooking() {
      if (looking != null) {
        looking.cancel();
        looking = null;
      }
    }
  }
}
