package dev.millrace.client.producer;

import dev.millrace.client.ClientException;
import dev.millrace.client.call.Topology;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How the program's threads wait for the producer's owner. Any thread but that one. */
record Awaited(Topology topology) {
  /**
   * What a future completes with.
   *
   * @param what is done, for the message when it fails
   * @throws ProducerException.Retriable when it takes too long
   */
  <T> T get(CompletableFuture<T> future, String what, long timeoutMs) {
    if (topology.network().turns().inTurn()) {
      throw new IllegalStateException(what + " must not be called on the producer's thread");
    }
    try {
      return future.get(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProducerException.Retriable("interrupted, doing=" + what, e);
    } catch (TimeoutException e) {
      throw new ProducerException.Retriable(late(what, timeoutMs), topology.fault());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ProducerException fault) {
        throw fault;
      }
      throw new ProducerException.Fatal(what + " failed: " + e.getCause(), e);
    }
  }

  private String late(String what, long timeoutMs) {
    ClientException fault = topology.fault();
    return "no answer in time, doing="
        + what
        + " waitedMs="
        + timeoutMs
        + (fault == null
            ? ", does the topic exist and has it a leader?"
            : ", last fault: " + fault.getMessage());
  }
}
