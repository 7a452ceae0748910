package dev.millrace.raft;

import dev.millrace.net.NetException;
import dev.millrace.quorum.voters.Agreement;
import dev.millrace.quorum.voters.Member;
import dev.millrace.quorum.voters.VoterFrames;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;

/**
 * The way out for Ratis' requests: their protobuf bytes in frames between voters. Called by threads
 * of Ratis, which wait for the answer. The way in is {@link RatisAgreement#serve}.
 */
final class FrameRpc implements RaftServerRpc {
  static final byte VOTE = VoterFrames.ENGINE_KINDS;
  static final byte APPEND = VOTE + 1;
  static final byte INSTALL = VOTE + 2;
  static final byte START_ELECTION = VOTE + 3;

  private final Agreement.Transport transport;
  private final Map<RaftPeerId, Member> members = new ConcurrentHashMap<>();

  FrameRpc(Agreement.Transport transport) {
    this.transport = transport;
  }

  @Override
  public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
    return call(VOTE, request.getServerRequest(), request, RequestVoteReplyProto.parser());
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
      throws IOException {
    return call(APPEND, request.getServerRequest(), request, AppendEntriesReplyProto.parser());
  }

  @Override
  public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
      throws IOException {
    return call(INSTALL, request.getServerRequest(), request, InstallSnapshotReplyProto.parser());
  }

  @Override
  public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
      throws IOException {
    return call(
        START_ELECTION,
        request.getServerRequest(),
        request,
        StartLeaderElectionReplyProto.parser());
  }

  private <T> T call(byte kind, RaftRpcRequestProto header, MessageLite request, Parser<T> parser)
      throws IOException {
    RaftPeerId to = RaftPeerId.valueOf(header.getReplyId());
    Member member = members.get(to);
    if (member == null) {
      throw new IOException("voter is not known, id=" + to);
    }
    try {
      ByteBuffer answer = transport.call(member, kind, ByteBuffer.wrap(request.toByteArray()));
      return parser.parseFrom(answer);
    } catch (NetException fault) {
      if (fault.kind() == NetException.Kind.INTERRUPTED) {
        InterruptedIOException interrupted = new InterruptedIOException(fault.getMessage());
        interrupted.initCause(fault);
        throw interrupted;
      }
      throw new IOException(fault.getMessage(), fault);
    }
  }

  @Override
  public void addRaftPeers(Collection<RaftPeer> peers) {
    for (RaftPeer peer : peers) {
      members.put(peer.getId(), Members.of(peer));
    }
  }

  @Override
  public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {
    // a broken connection is made anew by the next request
  }

  @Override
  public RpcType getRpcType() {
    return new FrameRpcType();
  }

  /** Nobody connects to Ratis itself; it wants an address all the same. */
  @Override
  public InetSocketAddress getInetSocketAddress() {
    return InetSocketAddress.createUnresolved("localhost", 0);
  }

  @Override
  public void start() {}

  @Override
  public void close() {}
}
