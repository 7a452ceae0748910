package dev.millrace.raft;

import dev.millrace.quorum.voters.Agreement;
import dev.millrace.quorum.voters.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * What Ratis takes for the state machine: hands entries and snapshots on. It has no state of its
 * own but how far it is.
 */
final class EntryMachine extends BaseStateMachine {
  private static final long NOT_LEADING = -1;

  /** What else Ratis tells. */
  interface Events {
    /** The members may have changed. */
    void membersChanged();

    /** The term that is under way. */
    long currentTerm();

    /** Ratis has closed itself, and was not asked to. */
    void ended(@Nullable Throwable cause);

    /** Another member said that this one is none any more. */
    void takenOut();
  }

  private final SnapshotFiles files;
  private final Agreement.Listener listener;
  private final Events events;
  private final Appenders appenders;
  private volatile long leadingTerm = NOT_LEADING;

  EntryMachine(
      SnapshotFiles files, Agreement.Listener listener, Events events, Appenders appenders) {
    this.files = files;
    this.listener = listener;
    this.events = events;
    this.appenders = appenders;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    super.initialize(server, group, storage);
    getLifeCycle()
        .startAndTransition(
            () -> {
              files.init(storage);
              restore();
            },
            IOException.class);
  }

  /** Without this the first snapshot that is installed kills the member. */
  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public void reinitialize() throws IOException {
    getLifeCycle().startAndTransition(this::restore, IOException.class);
  }

  private void restore() {
    setLastAppliedTermIndex(files.newestIndex());
    SnapshotFiles.Kept newest = files.newest();
    if (newest != null) {
      listener.restored(newest.position(), newest.file());
    }
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return files;
  }

  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    return files.getLatestSnapshot();
  }

  /** The snapshot was written before Ratis was asked to take one. */
  @Override
  public long takeSnapshot() {
    return files.newestIndex().getIndex();
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
    if (leadingTerm != NOT_LEADING) {
      appenders.committed(entry.getIndex());
    }
    byte[] bytes = entry.getStateMachineLogEntry().getLogData().toByteArray();
    listener.entry(entry.getTerm(), entry.getIndex(), ByteBuffer.wrap(bytes));
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    events.membersChanged();
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    if (!leader.equals(member.getPeerId())) {
      listener.following(Member.id(leader.toString()), events.currentTerm());
    }
  }

  @Override
  public void notifyLeaderReady() {
    long term = events.currentTerm();
    leadingTerm = term;
    listener.leading(term);
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    long term = leadingTerm;
    if (term != NOT_LEADING) {
      leadingTerm = NOT_LEADING;
      listener.lost(term);
    }
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    events.ended(cause);
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean isWholeServer) {
    // a candidate closes its part alone when a leader answers that it has no vote to ask for, or
    // its
    // own log says so: not for faults of its disk, nor for votes that are refused or lost
    if (role.getRole() == RaftPeerRole.CANDIDATE && !isWholeServer) {
      events.takenOut();
    } else {
      events.ended(null);
    }
  }
}
