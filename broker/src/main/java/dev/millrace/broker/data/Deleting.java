package dev.millrace.broker.data;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Call;
import dev.millrace.replica.DeleteOutcome;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Waiting;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DeleteRecordsResponse;
import dev.millrace.wire.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import dev.millrace.wire.message.DeleteRecordsResponse.DeleteRecordsTopicResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One DeleteRecords request whose records are gone here, and that waits until they are gone on the
 * other copies too. Answers when the last one is settled or the time is over.
 */
final class Deleting {
  private final Call call;
  private final Turns loop;
  private final Map<String, List<One>> topics = new LinkedHashMap<>();
  private final AtomicInteger open = new AtomicInteger(1);
  private final List<Waiting> places = new ArrayList<>();
  private @Nullable Timeout timeout;
  private boolean over;

  /** One partition, and what became of it. */
  static final class One {
    private final int index;
    private final @Nullable Partition partition;
    private final DeleteOutcome outcome;
    private volatile @Nullable ErrorCode settled;

    One(int index, @Nullable Partition partition, DeleteOutcome outcome) {
      this.index = index;
      this.partition = partition;
      this.outcome = outcome;
    }

    private DeleteRecordsPartitionResult result() {
      ErrorCode everywhere = settled;
      ErrorCode error = outcome.error();
      if (error == ErrorCode.NONE) {
        error = everywhere == null ? ErrorCode.REQUEST_TIMED_OUT : everywhere;
      }
      return new DeleteRecordsPartitionResult(index, outcome.lowWatermark(), error.code());
    }
  }

  Deleting(Call call) {
    this.call = call;
    this.loop = call.connection().loop();
  }

  void add(String topic, One one) {
    topics.computeIfAbsent(topic, _ -> new ArrayList<>()).add(one);
  }

  /**
   * Waits for the other copies, in turns of the connection's loop.
   *
   * @param timeoutMs how long, milliseconds
   */
  void await(int timeoutMs) {
    loop.submit(() -> begin(timeoutMs));
  }

  private void begin(int timeoutMs) {
    for (List<One> ones : topics.values()) {
      for (One one : ones) {
        Partition partition = one.partition;
        if (partition != null && one.outcome.error() == ErrorCode.NONE) {
          open.incrementAndGet();
          places.add(
              partition.whenTrimmed(
                  one.outcome.lowWatermark(),
                  error -> {
                    one.settled = error;
                    settled();
                  }));
        }
      }
    }
    if (open.decrementAndGet() == 0) {
      answer();
      return;
    }
    timeout = loop.after(timeoutMs, this::answer);
    call.onGone(this::leave);
  }

  private void settled() {
    if (open.decrementAndGet() == 0) {
      loop.submit(this::answer);
    }
  }

  private void answer() {
    if (over) {
      return;
    }
    leave();
    List<DeleteRecordsTopicResult> results = new ArrayList<>(topics.size());
    topics.forEach((topic, ones) ->
        results.add(new DeleteRecordsTopicResult(topic, ones.stream().map(One::result).toList())));
    call.answer(DeleteRecordsResponse.builder().topics(results).build());
  }

  private void leave() {
    over = true;
    places.forEach(Waiting::cancel);
    if (timeout != null) {
      timeout.cancel();
    }
  }
}
