package dev.millrace.raft;

import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.voters.Agreement;
import dev.millrace.quorum.voters.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.AlreadyClosedException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/** A member of a Ratis group. */
final class RatisAgreement implements Agreement {
  private static final System.Logger LOG = System.getLogger("dev.millrace.raft");
  private static final long CHANGE_TIMEOUT_MS = 15_000;
  private static final long TRANSFER_TIMEOUT_MS = 5_000;

  private final Setup setup;
  private final RaftGroupId group;
  private final RaftPeerId self;
  private final SnapshotFiles files;
  private final RaftServer server;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Appenders appenders = new Appenders();

  private RatisAgreement(Setup setup) throws IOException {
    this.setup = setup;
    this.group =
        RaftGroupId.valueOf(
            new UUID(setup.group().mostSignificantBits(), setup.group().leastSignificantBits()));
    this.self = Members.id(setup.self());
    this.files = new SnapshotFiles(setup.founding());
    Path storage = setup.directory().resolve(group.getUuid().toString());
    boolean isThere = Files.exists(storage.resolve("current").resolve("raft-meta"));
    this.server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(firstGroup())
            .setProperties(Ratis.properties(setup.directory(), setup.founding() != null))
            .setParameters(FrameRpcType.parameters(setup.transport(), appenders))
            .setStateMachineRegistry(
                _ -> new EntryMachine(files, setup.listener(), new Events(), appenders))
            .setOption(
                isThere ? RaftStorage.StartupOption.RECOVER : RaftStorage.StartupOption.FORMAT)
            .build();
  }

  /** A member that is to be taken in starts with nobody, or it would elect itself. */
  private RaftGroup firstGroup() {
    return setup.founding() == null
        ? RaftGroup.valueOf(group)
        : RaftGroup.valueOf(group, Members.peer(setup.self(), 0));
  }

  static RatisAgreement start(Setup setup) throws IOException {
    Files.createDirectories(setup.directory());
    RatisAgreement agreement = new RatisAgreement(setup);
    try {
      agreement.server.start();
      Pauses.leaveUnwatched(agreement.server);
    } catch (IOException | RuntimeException fault) {
      agreement.close();
      throw fault;
    }
    agreement.tellMembers();
    return agreement;
  }

  private RaftServer.Division division() {
    try {
      return server.getDivision(group);
    } catch (IOException gone) {
      throw new MetadataException("agreement is closed: " + gone.getMessage(), gone);
    }
  }

  /** Always as they are now, so that two who tell at once tell the same in the end. */
  private synchronized void tellMembers() {
    setup.listener().members(Members.of(division().getRaftConf().getCurrentPeers()));
  }

  @Override
  public void propose(ByteBuffer entry) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(client)
            .setServerId(self)
            .setGroupId(group)
            .setCallId(calls.incrementAndGet())
            .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
            .setType(RaftClientRequest.writeRequestType())
            .build();
    try {
      // in this thread: requests stay in their order
      CompletableFuture<?> _ =
          ((RaftClientAsynchronousProtocol) division())
              .submitClientRequestAsync(request)
              .whenComplete(this::proposed);
    } catch (IOException | MetadataException gone) {
      proposed(null, gone);
    }
  }

  private void proposed(@Nullable RaftClientReply reply, @Nullable Throwable thrown) {
    Throwable cause = thrown == null && reply != null ? reply.getException() : thrown;
    cause = cause instanceof CompletionException wrapped ? wrapped.getCause() : cause;
    switch (cause) {
      case null -> {}
      // whether it is in the log shows when the next term begins
      case NotLeaderException _ -> {}
      case LeaderNotReadyException _ -> {}
      case LeaderSteppingDownException _ -> {}
      case ServerNotReadyException _ -> {}
      case AlreadyClosedException _ -> {}
      default -> fail(cause);
    }
  }

  private void fail(@Nullable Throwable cause) {
    if (!closing.get()) {
      String why = cause == null ? "it has closed itself" : String.valueOf(cause.getMessage());
      setup.listener().failed(new MetadataException("agreement of the voters failed: " + why));
    }
  }

  @Override
  public void snapshot(Position position, Path file) {
    try {
      files.add(position, file);
      CompletableFuture<?> _ =
          server.snapshotManagementAsync(
              SnapshotManagementRequest.newCreate(
                  client, self, group, calls.incrementAndGet(), CHANGE_TIMEOUT_MS));
    } catch (IOException fault) {
      throw new MetadataException("snapshot cannot be kept: " + fault.getMessage(), fault);
    }
  }

  @Override
  public void change(List<Member> members, Consumer<@Nullable String> done) {
    List<RaftPeer> peers = members.stream().map(member -> Members.peer(member, 0)).toList();
    tell(configure(peers), done);
  }

  private CompletableFuture<RaftClientReply> configure(List<RaftPeer> peers) {
    try {
      return server.setConfigurationAsync(
          new SetConfigurationRequest(
              client, self, group, calls.incrementAndGet(), peers, List.of()));
    } catch (IOException fault) {
      return CompletableFuture.failedFuture(fault);
    }
  }

  /**
   * Ratis lets only the member lead that has the highest priority. The second step must not run in
   * the thread that ends the first: that one holds locks which the second waits for.
   */
  @Override
  public void transfer(Member to, Consumer<@Nullable String> done) {
    List<RaftPeer> peers = new ArrayList<>();
    for (Member member : Members.of(division().getRaftConf().getCurrentPeers())) {
      peers.add(Members.peer(member, member.name().equals(to.name()) ? 1 : 0));
    }
    tell(
        configure(peers)
            .thenComposeAsync(
                reply -> reply.isSuccess() ? lead(to) : CompletableFuture.completedFuture(reply)),
        done);
  }

  private CompletableFuture<RaftClientReply> lead(Member to) {
    try {
      return server.transferLeadershipAsync(
          new TransferLeadershipRequest(
              client, self, group, calls.incrementAndGet(), Members.id(to), TRANSFER_TIMEOUT_MS));
    } catch (IOException fault) {
      return CompletableFuture.failedFuture(fault);
    }
  }

  private static void tell(
      CompletableFuture<RaftClientReply> outcome, Consumer<@Nullable String> done) {
    CompletableFuture<?> _ =
        outcome.whenComplete((reply, thrown) -> {
          Throwable cause = thrown == null ? reply.getException() : thrown;
          done.accept(cause == null ? null : String.valueOf(cause.getMessage()));
        });
  }

  @Override
  public void serve(byte kind, ByteBuffer request, Served served) {
    try {
      switch (kind) {
        case FrameRpc.APPEND -> append(AppendEntriesRequestProto.parseFrom(request), served);
        case FrameRpc.VOTE -> {
          RequestVoteRequestProto vote = RequestVoteRequestProto.parseFrom(request);
          requireSelf(vote.getServerRequest());
          answer(served, server.requestVote(vote));
        }
        case FrameRpc.INSTALL -> {
          InstallSnapshotRequestProto install = InstallSnapshotRequestProto.parseFrom(request);
          requireSelf(install.getServerRequest());
          answer(served, server.installSnapshot(install));
        }
        case FrameRpc.START_ELECTION -> {
          StartLeaderElectionRequestProto start =
              StartLeaderElectionRequestProto.parseFrom(request);
          requireSelf(start.getServerRequest());
          answer(served, server.startLeaderElection(start));
        }
        default -> served.malformed("unknown kind of voter request, kind=" + kind);
      }
    } catch (InvalidProtocolBufferException wrong) {
      served.malformed("request of a voter is malformed: " + wrong.getMessage());
    } catch (IOException | RuntimeException fault) {
      served.refused(String.valueOf(fault.getMessage()));
    }
  }

  /**
   * Ratis does not look to whom a request is addressed. A member whose disk was lost is asked at
   * the address where another incarnation of it listens now: that one must not vote or answer for
   * it, or the lost one looks alive and never makes room.
   */
  private void requireSelf(RaftRpcRequestProto header) throws IOException {
    RaftPeerId asked = RaftPeerId.valueOf(header.getReplyId());
    if (!asked.equals(self)) {
      throw new IOException(
          "voter that is asked for is not here, asked=" + asked + " here=" + self);
    }
  }

  private void append(AppendEntriesRequestProto request, Served served) throws IOException {
    requireSelf(request.getServerRequest());
    CompletableFuture<?> _ =
        server
            .appendEntriesAsync(request)
            .whenComplete((reply, thrown) -> {
              if (thrown == null) {
                answer(served, reply);
              } else {
                served.refused(String.valueOf(thrown.getMessage()));
              }
            });
  }

  private static void answer(Served served, MessageLite reply) {
    served.answer(ByteBuffer.wrap(reply.toByteArray()));
  }

  /**
   * Asks itself for what a leader asks for that hands over. Safe at any time: what it promises
   * about the log is looked at by those who vote.
   */
  @Override
  public void stand(int gone) {
    try {
      RaftServer.Division division = division();
      RaftPeerId leader = division.getInfo().getLeaderId();
      TermIndex last = division.getRaftLog().getLastEntryTermIndex();
      if (leader != null && Member.id(leader.toString()) == gone && last != null) {
        server.startLeaderElection(
            StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(
                    ClientProtoUtils.toRaftRpcRequestProtoBuilder(
                        RaftGroupMemberId.valueOf(leader, group), self))
                .setLeaderLastEntry(last.toProto())
                .build());
      }
    } catch (IOException | RuntimeException refused) {
      // it is closing, or an election is under way; otherwise the usual time passes before one
      LOG.log(System.Logger.Level.DEBUG, "did not stand for election", refused);
    }
  }

  @Override
  public List<Progress> progress() {
    RaftServer.Division division = division();
    List<ServerRpcProto> followers =
        division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
    long[] matches = division.getInfo().getFollowerMatchIndices();
    List<Progress> progress = new ArrayList<>();
    for (int i = 0; i < followers.size(); i++) {
      ServerRpcProto follower = followers.get(i);
      ByteString name = follower.getId().getId();
      RaftPeer peer = division.getRaftConf().getPeer(RaftPeerId.valueOf(name));
      if (peer != null) {
        long match = matches != null && i < matches.length ? matches[i] : -1;
        progress.add(new Progress(Members.of(peer), match, follower.getLastRpcElapsedTimeMs()));
      }
    }
    return progress;
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    LogWriterEnd end = LogWriterEnd.of(self.toString());
    try {
      server.close();
    } catch (IOException fault) {
      throw new MetadataException("agreement cannot be closed: " + fault.getMessage(), fault);
    } finally {
      end.over();
    }
  }

  /** What the machine tells beside entries. */
  private final class Events implements EntryMachine.Events {
    @Override
    public void membersChanged() {
      tellMembers();
    }

    @Override
    public long currentTerm() {
      return division().getInfo().getCurrentTerm();
    }

    @Override
    public void ended(@Nullable Throwable cause) {
      fail(cause);
    }

    @Override
    public void takenOut() {
      if (!closing.get()) {
        setup
            .listener()
            .members(
                Members.of(division().getRaftConf().getCurrentPeers()).stream()
                    .filter(member -> !Members.id(member).equals(self))
                    .toList());
      }
    }
  }
}
