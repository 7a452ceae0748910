package dev.millrace.client.consumer;

import dev.millrace.client.ClientException;
import dev.millrace.client.call.Answers;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Network;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the program's thread asks the consumer's owner, and waits for it. Lets one thread in at a
 * time, into calls within calls as well.
 */
final class Asking {
  private final Network network;
  private final Topology topology;
  private final ConsumerSettings settings;
  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private int entries;
  private volatile boolean over;

  Asking(Network network, Topology topology, ConsumerSettings settings) {
    this.network = network;
    this.topology = topology;
    this.settings = settings;
  }

  /** Nothing is let in any more. */
  void over() {
    over = true;
  }

  boolean isOver() {
    return over;
  }

  /** Runs in a turn and waits for its end. */
  @Nullable Void inTurn(Runnable work) {
    return await(
        ask(() -> {
          work.run();
          return CompletableFuture.completedFuture((Void) null);
        }),
        "call");
  }

  /** Runs in a turn; what comes of it completes there. */
  <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable asked =
        () -> {
          try {
            Answers.tell(work.get(), (value, fault) -> settle(result, value, fault));
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        };
    if (network.turns().inTurn()) {
      asked.run();
    } else {
      network.turns().submit(asked);
    }
    return result;
  }

  @SuppressWarnings("NullAway") // a future of nothing is completed with null
  private static <T> void settle(
      CompletableFuture<T> result, @Nullable T value, @Nullable Throwable fault) {
    if (fault == null) {
      result.complete(value);
    } else {
      result.completeExceptionally(fault);
    }
  }

  /**
   * Waits for an answer, {@code default.api.timeout.ms} at most.
   *
   * @param what is done, for the message when it fails
   */
  <T> T await(CompletableFuture<T> future, String what) {
    if (!future.isDone() && network.turns().inTurn()) {
      throw new IllegalStateException(what + " must not be waited for on the consumer's thread");
    }
    try {
      return future.get(settings.apiTimeoutMs + 1_000L, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConsumerException.Retriable("interrupted, doing=" + what, e);
    } catch (TimeoutException e) {
      ClientException fault = topology.fault();
      throw new ConsumerException.Retriable(
          "no answer in time, doing="
              + what
              + " default.api.timeout.ms="
              + settings.apiTimeoutMs
              + (fault == null ? "" : " last fault: " + fault.getMessage()),
          fault);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      while (cause instanceof CompletionException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw fault(cause, what);
    }
  }

  private static ConsumerException fault(@Nullable Throwable cause, String what) {
    if (cause instanceof ConsumerException mine) {
      return mine;
    }
    String message = what + ": " + (cause == null ? "" : cause.getMessage());
    return cause instanceof ClientException lost && lost.mayPass()
        ? new ConsumerException.Retriable(message, cause)
        : new ConsumerException.Fatal(message, cause);
  }

  /** One thread at a time: a second one is told so instead of breaking things. */
  <T> T as(Supplier<T> work) {
    Thread me = Thread.currentThread();
    if (user.get() != me && !user.compareAndSet(null, me)) {
      throw new IllegalStateException(
          "a consumer is used by one thread at a time, another one is in it now");
    }
    entries++;
    try {
      if (over) {
        throw new ConsumerException.Fatal("consumer is closed", null);
      }
      return work.get();
    } finally {
      entries--;
      if (entries == 0) {
        user.set(null);
      }
    }
  }
}
