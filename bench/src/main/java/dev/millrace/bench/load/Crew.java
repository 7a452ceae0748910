package dev.millrace.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Several clients that do the same at the same time, each on a thread of its own. */
final class Crew {
  private Crew() {}

  /**
   * Runs all and waits for them; the first failure is thrown.
   *
   * @param work of each, by its number
   * @return what they came to
   */
  static <T> List<T> run(int clients, IntFunction<Callable<T>> work) {
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        running.add(threads.submit(work.apply(i)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a client failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
