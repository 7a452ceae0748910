package dev.millrace.replica.follow;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.turns.Timeout;
import dev.millrace.replica.Following;
import dev.millrace.replica.RateWait;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchRequest.ForgottenTopic;
import dev.millrace.wire.message.FetchRequest.ReplicaState;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fetches all partitions that one broker leads, one request at a time: ask, append what comes, wait
 * until it is safe, ask again from there. In a session only what changed is named, so an idle
 * partition costs nothing.
 *
 * <p>A partition is <em>ready</em> or out of the round: while its log is synced or cut, and in a
 * pause after an error. The next request waits for partitions that were only appended to, but not
 * for ever: after {@link #PATIENCE_MS} a slow disk holds up its own partitions alone, which leave
 * the session until they are ready again. Belongs to the fetchers' owner.
 */
final class Fetcher {
  private static final System.Logger LOGGER = System.getLogger(Fetcher.class.getName());

  /** So long others wait for a partition whose log is being synced or cut. */
  private static final int PATIENCE_MS = 50;

  /** After so many answers without anything in them a leader may wait longer; news come at once. */
  private static final int IDLE_AFTER = 10;

  private final Fetchers.Setup setup;
  private final int leader;
  private final Map<CopyKey, Copy> copies = new LinkedHashMap<>();
  private final Steps steps;
  private final FetchSession session = new FetchSession();

  /** Ready ones of which the session does not know everything. */
  private final Set<Copy> news = new LinkedHashSet<>();

  /** Out of the round for a moment; the next request is held back for them. */
  private final Set<Copy> busy = new LinkedHashSet<>();

  private final Set<CopyKey> forgotten = new LinkedHashSet<>();
  private @Nullable Timeout patience;
  private int inFlight;

  /** Answers to requests of an earlier round are passed over. */
  private int round;

  private boolean answering;
  private boolean paused;
  private boolean closed;
  private int failures;
  private int idle;
  private long requests;

  Fetcher(Fetchers.Setup setup, int leader) {
    this.setup = setup;
    this.leader = leader;
    this.steps = new Steps(setup, this);
  }

  /** Takes a partition in, in the place of what it followed before. */
  void add(Following following) {
    Copy copy = new Copy(following);
    Copy before = copies.put(copy.key(), copy);
    idle = 0;
    if (before != null) {
      leave(before);
    }
    steps.begin(copy);
  }

  /** Lets a partition go. */
  void drop(Following following) {
    Copy copy = copies.get(CopyKey.of(following));
    if (copy != null && copy.following == following) {
      copies.remove(copy.key());
      leave(copy);
      advance();
    }
  }

  /**
   * The leader is to look at these copies anew: asks once more, and again in the usual rhythm, also
   * when nothing happened for long.
   */
  void hurry() {
    boolean wasIdle = isIdle();
    idle = 0;
    if (wasIdle && inFlight == 1 && session.isOpen() && !answering && !paused && !closed) {
      ask();
    }
  }

  void close() {
    closed = true;
    copies.clear();
    busy.clear();
    news.clear();
  }

  /** Whether a partition is still of this round. */
  boolean has(Copy copy) {
    return copies.get(copy.key()) == copy;
  }

  /** A partition can be asked for, from where its log ends. */
  void ready(Copy copy) {
    busy.remove(copy);
    if (has(copy)) {
      copy.isReady = true;
      news.add(copy);
      advance();
    }
  }

  /** Something is done to a partition's log that will not take long. */
  void busy(Copy copy) {
    copy.isReady = false;
    news.remove(copy);
    busy.add(copy);
  }

  /** A partition is left alone for a while, after a failure. */
  void pause(Copy copy) {
    leave(copy);
    setup.owner().after(copy.pauseMs(setup.settings().backoffMs()), () -> comeBack(copy));
    advance();
  }

  /** A partition is left alone as long as its rate asks, or until that has changed. */
  void throttle(Copy copy, long ms) {
    leave(copy);
    RateWait.after(
        setup.owner(),
        ms,
        () -> has(copy) && copy.following.throttleMs(0) > 0,
        () -> comeBack(copy));
    advance();
  }

  private void leave(Copy copy) {
    copy.isReady = false;
    news.remove(copy);
    busy.remove(copy);
    leaveSession(copy);
  }

  private void comeBack(Copy copy) {
    if (has(copy)) {
      steps.begin(copy);
    }
  }

  private void leaveSession(Copy copy) {
    if (copy.inSession) {
      copy.inSession = false;
      forgotten.add(copy.key());
    }
  }

  /** Asks, unless an answer is on its way or partitions will be ready in a moment. */
  private void advance() {
    if (paused || closed || copies.isEmpty() || (inFlight > 0 && !mayInterrupt())) {
      return;
    }
    if (!busy.isEmpty()) {
      if (patience == null) {
        patience = setup.owner().after(PATIENCE_MS, this::losePatience);
      }
      return;
    }
    stopPatience();
    if (inFlight > 0) {
      ask();
      return;
    }
    boolean anyReady = news.isEmpty() && copies.values().stream().anyMatch(copy -> copy.isReady);
    if (anyReady || !news.isEmpty()) {
      ask();
    }
  }

  /**
   * Whether the request that is on its way may be waiting at the leader while there is something to
   * tell that leader: another request in the session brings it back (and is no use otherwise).
   */
  private boolean mayInterrupt() {
    return inFlight == 1 && session.isOpen() && !answering && !news.isEmpty();
  }

  private void losePatience() {
    patience = null;
    List.copyOf(busy).forEach(this::leaveSession);
    busy.clear();
    advance();
  }

  private void stopPatience() {
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
  }

  private void ask() {
    LeaderLink link = setup.links().apply(leader);
    if (link == null) {
      failed("broker has no address");
      return;
    }
    inFlight++;
    int now = round;
    long number = ++requests;
    FetchRequest request = request();
    session.asked();
    link.fetch(
        request,
        setup.settings().timeoutMs(),
        response -> {
          if (now == round && !closed) {
            answered(response, number);
          }
        },
        why -> {
          if (now == round && !closed) {
            failed(why);
          }
        });
    if (!news.isEmpty()) {
      advance();
    }
  }

  /** What is asked for, by topic: everything outside a session, else what is new. */
  private Map<Uuid, List<FetchPartition>> questions() {
    Map<Uuid, List<FetchPartition>> topics = new TreeMap<>();
    Set<Copy> later = new LinkedHashSet<>();
    for (Copy copy : session.isOpen() ? news : all()) {
      if (session.isOpen() && forgotten.contains(copy.key())) {
        // the leader forgets first what it told before, or it would not tell it again
        later.add(copy);
        continue;
      }
      FetchPartition question =
          copy.isReady ? copy.question(setup.settings().partitionBytesMax(), requests) : null;
      if (question != null) {
        topics.computeIfAbsent(copy.following.id().topicId(), _ -> new ArrayList<>()).add(question);
      }
    }
    news.retainAll(later);
    return topics;
  }

  private FetchRequest request() {
    Map<Uuid, List<FetchPartition>> topics = questions();
    FetchSettings settings = setup.settings();
    FetchRequest request =
        FetchRequest.builder()
            .replicaState(new ReplicaState(settings.nodeId(), setup.brokerEpoch().getAsLong()))
            .maxWaitMs(isIdle() ? settings.idleWaitMs() : settings.waitMs())
            .minBytes(settings.bytesMin())
            .maxBytes(settings.responseBytesMax())
            .sessionId(session.id())
            .sessionEpoch(session.epoch())
            .topics(topics(topics))
            .forgottenTopicsData(session.isOpen() ? forgottenTopics() : List.of())
            .build();
    forgotten.clear();
    return request;
  }

  private boolean isIdle() {
    return idle > IDLE_AFTER;
  }

  /** Outside a session every partition is named. */
  private Iterable<Copy> all() {
    copies.values().forEach(copy -> copy.inSession = false);
    return copies.values();
  }

  private static List<FetchTopic> topics(Map<Uuid, List<FetchPartition>> partitions) {
    List<FetchTopic> topics = new ArrayList<>(partitions.size());
    partitions.forEach(
        (id, list) -> topics.add(FetchTopic.builder().topicId(id).partitions(list).build()));
    return topics;
  }

  private List<ForgottenTopic> forgottenTopics() {
    Map<Uuid, List<Integer>> indexes = new TreeMap<>();
    for (CopyKey key : forgotten) {
      indexes.computeIfAbsent(key.topicId(), _ -> new ArrayList<>()).add(key.index());
    }
    List<ForgottenTopic> topics = new ArrayList<>(indexes.size());
    indexes.forEach(
        (id, list) -> topics.add(ForgottenTopic.builder().topicId(id).partitions(list).build()));
    return topics;
  }

  private void answered(FetchResponse response, long number) {
    if (response.errorCode() != ErrorCode.NONE.code()) {
      refused(ErrorCode.of(response.errorCode()));
      return;
    }
    failures = 0;
    idle = response.responses().isEmpty() ? idle + 1 : 0;
    session.answered(response.sessionId());
    answering = true;
    for (FetchableTopicResponse topic : response.responses()) {
      for (PartitionData data : topic.partitions()) {
        Copy copy = copies.get(new CopyKey(topic.topicId(), data.partitionIndex()));
        // one that was taken in anew meanwhile, or left the session, did not ask this
        if (copy != null && copy.inSession) {
          take(copy, data, number);
        }
      }
    }
    answering = false;
    inFlight--;
    advance();
  }

  /**
   * News are told once, also to a partition whose log is being worked on. An objection to a log
   * that has changed since is not taken: the partition asks again.
   */
  private void take(Copy copy, PartitionData data, long number) {
    boolean isObjection =
        data.errorCode() != ErrorCode.NONE.code() || data.divergingEpoch().epoch() >= 0;
    if (copy.isReady && (!isObjection || copy.isAnsweredBy(number))) {
      steps.take(copy, data);
    } else if (!isObjection) {
      steps.note(copy, data);
    }
  }

  /** The session is not known any more, or the leader does not talk to us at all. */
  private void refused(@Nullable ErrorCode error) {
    boolean isSessionLost =
        error == ErrorCode.FETCH_SESSION_ID_NOT_FOUND
            || error == ErrorCode.INVALID_FETCH_SESSION_EPOCH
            || error == ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
    if (isSessionLost && failures == 0) {
      failures = 1;
      startOver();
      advance();
    } else {
      failed("leader refuses, error=" + error);
    }
  }

  private void failed(String why) {
    failures++;
    if (failures == 1) {
      LOGGER.log(
          System.Logger.Level.INFO, "fetching from a leader failed: {0}, broker={1}", why, leader);
    }
    startOver();
    paused = true;
    setup
        .owner()
        .after(
            Pauses.ms(failures, setup.settings().backoffMs()),
            () -> {
              paused = false;
              advance();
            });
  }

  /** It is not known what the leader knows: everything is named in the next request. */
  private void startOver() {
    round++;
    idle = 0;
    inFlight = 0;
    session.forget();
    forgotten.clear();
    for (Copy copy : copies.values()) {
      copy.inSession = false;
      if (copy.isReady) {
        news.add(copy);
      }
    }
  }
}
