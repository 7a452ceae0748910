package dev.millrace.raft;

import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.ThreadOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.LogDirectory;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Listener;
import dev.millrace.net.ListenerAddress;
import dev.millrace.net.ListenerLimits;
import dev.millrace.net.LoopLimits;
import dev.millrace.net.Loops;
import dev.millrace.quorum.log.AgreedLog;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.quorum.log.SoloLog;
import dev.millrace.quorum.voters.Voter;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.quorum.voters.VoterState;
import dev.millrace.quorum.voters.Voting;
import dev.millrace.wire.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One voter with real files, sockets and threads, as the server wires it. */
final class VoterNode implements AutoCloseable {
  static final long WAIT_S = 20;

  final int id;
  final Heard heard = new Heard();
  final CompletableFuture<String> clusterId = new CompletableFuture<>();
  final AgreedLog log;
  private final ThreadOwners owners = new ThreadOwners();
  private final Turns turns = owners.owner("quorum");
  private final Loops loops;
  private final Listener listener;
  private final LogDirectory directory;

  VoterNode(int id, Path data, List<Voter> voters, String knownClusterId) {
    this.id = id;
    loops = Loops.start(LoopLimits.ofMachine());
    directory =
        LogDirectory.open(
            data,
            new LogDirectory.Environment(
                FileDisk.INSTANCE,
                SystemClock.INSTANCE,
                owners.owner("disk"),
                (_, _) -> {},
                heard::onFailure));
    log =
        AgreedLog.create(
            new SoloLog.Parts(directory, FileDisk.INSTANCE, SystemClock.INSTANCE, turns, id),
            new Voting(
                voters,
                knownClusterId,
                clusterId::complete,
                owners.owner("requests"),
                loops,
                new SplittableRandom(System.nanoTime()),
                Voting.installed()));
    Voter self = voters.stream().filter(voter -> voter.id() == id).findFirst().orElseThrow();
    FrameHandler none =
        (connection, _, _) -> connection.close("only voters speak to this listener");
    listener =
        Listener.open(
            loops,
            new ListenerAddress("CONTROLLER", "127.0.0.1", self.endpoint().port()),
            log.frames(none),
            ListenerLimits.DEFAULT);
    turns.submit(() -> log.open(heard));
  }

  /** Runs something in a turn of the quorum's owner, and waits for it. */
  void run(Runnable task) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    turns.submit(() -> {
      task.run();
      done.complete(null);
    });
    await(done);
  }

  CompletableFuture<MetadataLog.Outcome> append(int epoch, Message... records) {
    CompletableFuture<MetadataLog.Outcome> outcome = new CompletableFuture<>();
    run(() -> log.append(epoch, List.of(records), outcome::complete));
    return outcome;
  }

  long endOffset() {
    AtomicLong end = new AtomicLong();
    run(() -> end.set(log.endOffset()));
    return end.get();
  }

  void snapshot(long end, List<Message> records) {
    run(() -> log.snapshot(new SnapshotId(end, heard.epoch()), records.stream()));
  }

  /** Waits until the group has so many members here. */
  void awaitMembers(int count) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    turns.submit(() -> look(count, done));
    await(done);
  }

  private void look(int count, CompletableFuture<@Nullable Void> done) {
    if (log.voters().size() == count) {
      done.complete(null);
    } else if (!done.isDone()) {
      turns.after(10, () -> look(count, done));
    }
  }

  VoterChange.Outcome change(VoterChange change) {
    CompletableFuture<VoterChange.Outcome> done = new CompletableFuture<>();
    run(() -> log.change(change, done::complete));
    return await(done);
  }

  List<VoterState> states() {
    CompletableFuture<List<VoterState>> states = new CompletableFuture<>();
    turns.submit(() -> states.complete(log.states()));
    return await(states);
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(WAIT_S, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("it did not happen in time", e);
    }
  }

  @Override
  public void close() {
    stop(true);
  }

  /** Stops; without a word to the directory when the process is to look killed. */
  void stop(boolean isClean) {
    listener.close();
    run(log::close);
    if (isClean) {
      directory.close(-1);
    } else {
      directory.abandon();
    }
    loops.close();
    owners.close();
  }
}
