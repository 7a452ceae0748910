package dev.millrace.quorum.sim;

import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.log.RecordFrame;
import dev.millrace.wire.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One life of a node in a {@link SharedLog}. */
final class Member implements MetadataLog {
  private static final int NOT_LEADING = -1;
  private static final int HEAR_MS_MAX = 20;

  /** How long a leader without a majority goes on, at most. */
  private static final int ILLUSION_MS_MAX = 1500;

  final int id;
  private final SharedLog shared;
  private final Turns turns;
  private final Deque<Open> open = new ArrayDeque<>();
  private final Deque<Committing> committing = new ArrayDeque<>();
  private final Deque<Open> lost = new ArrayDeque<>();
  private @Nullable Observer observer;
  private int heard;
  private boolean hearing;
  private int leadingEpoch = NOT_LEADING;
  private long bytesSinceSnapshot;

  /** Records that are not committed yet, and who waits for them. */
  private record Open(List<Message> records, Appended appended) {}

  /** Records of this node that are committed, of which it has not heard yet. */
  private record Committing(long baseOffset, Appended appended) {}

  Member(SharedLog shared, int id, Turns turns) {
    this.shared = shared;
    this.id = id;
    this.turns = turns;
  }

  @Override
  public void open(Observer opened) {
    observer = opened;
    hearMore();
    shared.opened();
  }

  @Override
  public void append(int expectedEpoch, List<Message> records, Appended committed) {
    if (observer == null || expectedEpoch != leadingEpoch) {
      turns.submit(() -> committed.done(Outcome.FENCED));
      return;
    }
    List<Message> kept = records.stream().map(this::throughFrame).toList();
    Open batch = new Open(kept, committed);
    if (shared.leads(this, expectedEpoch)) {
      open.add(batch);
      shared.turns.after(shared.commitMs(), this::commitNext);
    } else {
      lost.add(batch); // it will hear so when it learns that it leads no more
    }
  }

  private void commitNext() {
    if (!open.isEmpty() && shared.leads(this, leadingEpoch)) {
      commit(open.remove());
    }
  }

  /** It is answered when this node hears of the commit. */
  private void commit(Open batch) {
    committing.add(new Committing(shared.endOffset(), batch.appended));
    shared.commit(batch.records);
  }

  private Message throughFrame(Message record) {
    return RecordFrame.read(RecordFrame.write(record).buffer());
  }

  /** Leadership is gone. Some of what is open was agreed on before, the rest is lost. */
  void deposed() {
    int agreed = shared.random.nextInt(open.size() + 1);
    for (int i = 0; i < agreed; i++) {
      commit(open.remove());
    }
    lost.addAll(open);
    open.clear();
    int deposedIn = leadingEpoch;
    turns.after(
        shared.random.nextInt(ILLUSION_MS_MAX),
        () -> {
          if (deposedIn != NOT_LEADING && leadingEpoch == deposedIn) {
            resign();
          }
        });
  }

  /** It notices by itself that nobody follows it. */
  private void resign() {
    Observer to = observer;
    if (to != null) {
      int epoch = leadingEpoch;
      stepDown(() -> to.onLeaderChange(SharedLog.NOBODY, epoch, -1));
    }
  }

  private void stepDown(Runnable tell) {
    leadingEpoch = NOT_LEADING;
    List<Open> fenced = List.copyOf(lost);
    lost.clear();
    Runnable fence = () -> fenced.forEach(batch -> batch.appended.done(Outcome.FENCED));
    boolean first = shared.random.nextBoolean();
    (first ? fence : tell).run();
    (first ? tell : fence).run();
  }

  /** There may be something new; this node hears of it after a while. */
  void hearMore() {
    if (!hearing && observer != null && heard < shared.events.size() && !shared.isCut(id)) {
      hearing = true;
      turns.after(shared.random.nextInt(HEAR_MS_MAX + 1), this::hear);
    }
  }

  private void hear() {
    hearing = false;
    Observer to = observer;
    if (to == null || shared.isCut(id)) {
      return;
    }
    SharedLog.Kept shortcut = leadingEpoch == NOT_LEADING ? shared.shortcut(heard) : null;
    if (shortcut != null && shortcut.events() > heard) {
      heard = shortcut.events();
      bytesSinceSnapshot = 0;
      to.onSnapshot(shortcut.end(), shortcut.records().stream());
      SharedLog.Event.Led led = shared.lastLed(heard);
      if (led != null && led.leader() != id) {
        hear(to, led);
      }
    }
    int several = 1 + shared.random.nextInt(8);
    for (int i = 0; i < several && heard < shared.events.size() && observer != null; i++) {
      hear(to, shared.events.get(heard++));
    }
    hearMore();
  }

  private void hear(Observer to, SharedLog.Event event) {
    switch (event) {
      case SharedLog.Event.Committed batch -> {
        for (Message record : batch.records()) {
          bytesSinceSnapshot += record.size(record.highestVersion());
        }
        to.onCommit(batch.baseOffset(), batch.epoch(), batch.records());
        Committing own = committing.peek();
        if (own != null && own.baseOffset == batch.baseOffset()) {
          committing.remove().appended.done(Outcome.COMMITTED);
        }
      }
      case SharedLog.Event.Led led -> hear(to, led);
    }
  }

  private void hear(Observer to, SharedLog.Event.Led led) {
    if (led.leader() == id && (!shared.isLatest(led) || !shared.leads(this, led.epoch()))) {
      if (leadingEpoch != NOT_LEADING) {
        stepDown(() -> to.onLeaderChange(SharedLog.NOBODY, led.epoch(), -1));
      }
      return; // it led for a moment without knowing
    }
    stepDown(() -> {
      if (led.leader() == id) {
        leadingEpoch = led.epoch();
      }
      to.onLeaderChange(led.leader(), led.epoch(), led.nextOffset());
    });
  }

  @Override
  public void barrier(Runnable reached) {
    if (open.isEmpty() && lost.isEmpty() && committing.isEmpty()) {
      turns.submit(reached);
    } else {
      turns.after(1, () -> barrier(reached));
    }
  }

  @Override
  public void snapshot(SnapshotId end, Stream<Message> records) {
    shared.keep(end, records.map(this::throughFrame).toList());
    bytesSinceSnapshot = 0;
  }

  @Override
  public long bytesSinceSnapshot() {
    return bytesSinceSnapshot;
  }

  @Override
  public List<Integer> voters() {
    return shared.voters;
  }

  @Override
  public void close() {
    shared.left(this);
  }

  boolean isOpen() {
    return observer != null;
  }

  int heard() {
    return heard;
  }

  /** Its life is over. */
  void end() {
    observer = null;
    open.clear();
    lost.clear();
    committing.clear();
  }
}
