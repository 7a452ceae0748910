package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.net.Connection;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeat (12), versions 0–4: a member is alive, and hears whether it has to join again.
 *
 * <ul>
 *   <li>3: static members (KIP-345)
 * </ul>
 *
 * A member learns of a rebalance by its next heartbeat only. Apache's Java client sends heartbeats
 * from a thread of its own and waits for nothing else meanwhile, so its heartbeat is kept until
 * there is news: at most almost as long as until the next one is due, and no longer than until
 * anything else arrives on the connection, whose answer must not wait (decision 0151). Others are
 * answered at once: some wait for the answer before they go on with their records.
 */
final class HeartbeatHandler implements Handler<HeartbeatRequest> {
  private static final String PATIENT_SOFTWARE = "apache-kafka-java";
  private static final long KEPT_MS_MAX = 4_000;

  /** So much of the time between two heartbeats the first one may be kept. */
  private static final double KEPT_SHARE = 0.95;

  private final GroupCoordinator coordinator;
  private final ConcurrentMap<Long, Line> patient = new ConcurrentHashMap<>();

  HeartbeatHandler(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.HEARTBEAT;
  }

  @Override
  public void handle(Call call, HeartbeatRequest request) {
    Line line = patient.get(call.connection().id());
    long keptMs = line == null ? 0 : line.beat(call.arrivedMs());
    if (line == null || keptMs == 0) {
      coordinator.heartbeat(request, call::answer);
      return;
    }
    Kept kept = new Kept(call);
    line.kept = kept;
    coordinator.heartbeat(request, kept::answer, () -> kept.keep(keptMs));
  }

  @Override
  public void met(Connection connection, String software) {
    if (software.equals(PATIENT_SOFTWARE)) {
      patient.put(connection.id(), new Line());
    }
  }

  @Override
  public boolean isAttentive() {
    return true;
  }

  @Override
  public void arriving(Connection connection) {
    Line line = patient.get(connection.id());
    if (line != null && line.kept != null) {
      line.kept.release();
      line.kept = null;
    }
  }

  @Override
  public void closed(Connection connection) {
    patient.remove(connection.id());
  }

  /** A connection of a patient client. Belongs to the connection's loop. */
  private static final class Line {
    private @Nullable Kept kept;
    private boolean hasBeaten;
    private long lastMs;

    /** Takes in a heartbeat. Returns how long it may be kept; 0 while that is not known. */
    long beat(long nowMs) {
      long keptMs = hasBeaten ? (long) ((nowMs - lastMs) * KEPT_SHARE) : 0;
      hasBeaten = true;
      lastMs = nowMs;
      return Math.min(keptMs, KEPT_MS_MAX);
    }
  }

  /** A heartbeat whose answer may be kept. Safe for any thread. */
  private static final class Kept {
    private final Call call;
    private final AtomicBoolean answered = new AtomicBoolean();
    private boolean keeping;
    private boolean released;

    Kept(Call call) {
      this.call = call;
    }

    void answer(HeartbeatResponse response) {
      if (answered.compareAndSet(false, true)) {
        call.answer(response);
      }
    }

    /** All is well: the answer is kept for a while, unless it was asked for already. */
    void keep(long keptMs) {
      boolean now;
      synchronized (this) {
        keeping = true;
        now = released;
      }
      if (now) {
        allIsWell();
      } else {
        call.connection().loop().after(keptMs, this::allIsWell);
      }
    }

    /** Gives the answer now, or as soon as it is known that all is well. */
    void release() {
      boolean now;
      synchronized (this) {
        released = true;
        now = keeping;
      }
      if (now) {
        allIsWell();
      }
    }

    private void allIsWell() {
      answer(HeartbeatResponse.builder().build());
    }
  }
}
