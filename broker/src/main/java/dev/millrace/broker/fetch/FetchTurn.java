package dev.millrace.broker.fetch;

import dev.millrace.base.turns.Turns;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one fetch request asks for, and how much of the outcome it is told (KIP-227). */
sealed interface FetchTurn {

  /** The outcome for one partition. */
  record Outcome(FetchTarget target, PartitionData data) {}

  /** The request is refused as a whole. */
  record Refused(ErrorCode error) implements FetchTurn {
    @Override
    public Collection<FetchTarget> targets() {
      return List.of();
    }

    @Override
    public boolean changesOnly() {
      return false;
    }

    @Override
    public FetchResponse answer(List<Outcome> outcomes) {
      return FetchResponse.builder().errorCode(error.code()).build();
    }

    @Override
    public void abandon() {}
  }

  /**
   * A request outside a session: every partition is answered. It may begin a session with the
   * answer.
   *
   * @param sessions where the new session is asked for, or null for no session
   * @param nowMs monotonic milliseconds
   */
  record Whole(
      List<FetchTarget> targets, boolean byTopicId, @Nullable FetchSessions sessions, long nowMs)
      implements FetchTurn {
    @Override
    public boolean changesOnly() {
      return false;
    }

    @Override
    public FetchResponse answer(List<Outcome> outcomes) {
      int sessionId = 0;
      if (sessions != null) {
        outcomes.forEach(outcome -> outcome.target().told(outcome.data()));
        sessionId = sessions.create(targets, byTopicId, nowMs);
      }
      return FetchAnswer.of(sessionId, outcomes);
    }

    @Override
    public void abandon() {}
  }

  /** A request in a session: only what changed is answered. */
  record Changes(FetchSession session) implements FetchTurn {
    @Override
    public Collection<FetchTarget> targets() {
      return session.targets();
    }

    @Override
    public boolean changesOnly() {
      return true;
    }

    @Override
    public FetchResponse answer(List<Outcome> outcomes) {
      List<Outcome> news = new ArrayList<>(outcomes.size());
      List<FetchTarget> served = new ArrayList<>();
      for (Outcome outcome : outcomes) {
        if (outcome.target().isNews(outcome.data())) {
          outcome.target().told(outcome.data());
          news.add(outcome);
        }
        if (FetchAnswer.hasRecords(outcome.data())) {
          served.add(outcome.target());
        }
      }
      FetchResponse response = FetchAnswer.of(session.id(), news);
      session.end(served);
      return response;
    }

    @Override
    public void abandon() {
      session.end(List.of());
    }

    @Override
    public void waits(Turns loop, Runnable finish) {
      session.waits(loop, finish);
    }
  }

  /** The partitions to read, in serving order. */
  Collection<FetchTarget> targets();

  /** Whether a partition that has no news may be left out of the outcomes. */
  boolean changesOnly();

  /** Ends the turn with the outcomes of its targets, in serving order. */
  FetchResponse answer(List<Outcome> outcomes);

  /** Ends the turn without an answer: the client is gone. */
  void abandon();

  /** It waits from now on; {@code finish} answers it at once, in turns of {@code loop}. */
  default void waits(Turns loop, Runnable finish) {}
}
