package dev.millrace.raft;

import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.ThreadOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.PartitionLog;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.log.MetadataLog.Outcome;
import dev.millrace.quorum.log.SoloLog;
import dev.millrace.wire.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A node that is the only voter, with real files. */
final class SoloVoter implements AutoCloseable {
  final Heard heard = new Heard();
  private final ThreadOwners owners = new ThreadOwners();
  private final Turns turns = owners.owner("quorum");
  private final AtomicReference<@Nullable SoloLog> log = new AtomicReference<>();
  private final LogDirectory directory;

  SoloVoter(int id, Path data) {
    directory =
        LogDirectory.open(
            data,
            new LogDirectory.Environment(
                FileDisk.INSTANCE,
                SystemClock.INSTANCE,
                owners.owner("disk"),
                this::durable,
                heard::onFailure));
    SoloLog solo = create(id);
    log.set(solo);
    turns.submit(() -> solo.open(heard));
  }

  private SoloLog create(int id) {
    try {
      return SoloLog.create(
          new SoloLog.Parts(directory, FileDisk.INSTANCE, SystemClock.INSTANCE, turns, id));
    } catch (MetadataException refused) {
      directory.abandon();
      owners.close();
      throw refused;
    }
  }

  private void durable(PartitionLog synced, long end) {
    SoloLog solo = log.get();
    if (solo != null) {
      solo.onDurable(synced, end);
    }
  }

  void append(Message record) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    SoloLog solo = log.get();
    turns.submit(() -> solo.append(heard.epoch(), List.of(record), outcome::complete));
    if (VoterNode.await(outcome) != Outcome.COMMITTED) {
      throw new AssertionError("not committed, record=" + record);
    }
  }

  @Override
  public void close() {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    SoloLog solo = log.get();
    turns.submit(() -> {
      solo.close();
      closed.complete(true);
    });
    VoterNode.await(closed);
    directory.close(-1);
    owners.close();
  }
}
