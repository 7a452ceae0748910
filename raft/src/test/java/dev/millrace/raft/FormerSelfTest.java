package dev.millrace.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.net.Endpoint;
import dev.millrace.quorum.voters.Agreement;
import dev.millrace.quorum.voters.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk was replaced is asked, at its old address, for the member that it was. */
class FormerSelfTest {
  private static final Endpoint HERE = new Endpoint("127.0.0.1", 1);

  @TempDir Path root;

  private static final class Refusals implements Agreement.Served {
    final List<String> answers = new ArrayList<>();

    @Override
    public void answer(ByteBuffer answer) {
      answers.add("answered");
    }

    @Override
    public void refused(String reason) {
      answers.add(reason);
    }

    @Override
    public void malformed(String reason) {
      answers.add("malformed: " + reason);
    }
  }

  private static final class Nothing implements Agreement.Listener {
    @Override
    public void restored(Agreement.Position position, Path file) {}

    @Override
    public void entry(long term, long index, ByteBuffer entry) {}

    @Override
    public void leading(long term) {}

    @Override
    public void following(int leader, long term) {}

    @Override
    public void lost(long term) {}

    @Override
    public void members(List<Member> members) {}

    @Override
    public void failed(RuntimeException cause) {
      throw cause;
    }
  }

  @Test
  void requestsForTheLostMemberAreNotAnsweredByItsSuccessor() throws IOException {
    Member lost = new Member(2, new Uuid(1, 1), HERE);
    Member successor = new Member(2, new Uuid(2, 2), HERE);
    Agreement.Setup setup =
        new Agreement.Setup(
            new Uuid(7, 7),
            successor,
            null,
            root,
            (_, _, _) -> {
              throw new AssertionError("nobody is asked");
            },
            new Nothing());
    try (RatisAgreement agreement = RatisAgreement.start(setup)) {
      RaftRpcRequestProto header =
          RaftRpcRequestProto.newBuilder()
              .setRequestorId(ByteString.copyFromUtf8("1_AAAAAAAAAAAAAAAAAAAAAA"))
              .setReplyId(Members.id(lost).toByteString())
              .build();
      Refusals refusals = new Refusals();
      serve(
          agreement,
          FrameRpc.APPEND,
          AppendEntriesRequestProto.newBuilder().setServerRequest(header).build(),
          refusals);
      serve(
          agreement,
          FrameRpc.VOTE,
          RequestVoteRequestProto.newBuilder().setServerRequest(header).build(),
          refusals);
      serve(
          agreement,
          FrameRpc.INSTALL,
          InstallSnapshotRequestProto.newBuilder().setServerRequest(header).build(),
          refusals);
      serve(
          agreement,
          FrameRpc.START_ELECTION,
          StartLeaderElectionRequestProto.newBuilder().setServerRequest(header).build(),
          refusals);
      assertThat(refusals.answers)
          .hasSize(4)
          .allMatch(answer -> answer.startsWith("voter that is asked for is not here, asked=2_"));
    }
  }

  private static void serve(
      Agreement agreement, byte kind, MessageLite request, Agreement.Served served) {
    agreement.serve(kind, ByteBuffer.wrap(request.toByteArray()), served);
  }
}
