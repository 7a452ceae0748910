package dev.millrace.raft;

import dev.millrace.net.Endpoint;
import dev.millrace.quorum.voters.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/** Members of the group in the words of Ratis. */
final class Members {
  private Members() {}

  static RaftPeerId id(Member member) {
    return RaftPeerId.valueOf(member.name());
  }

  static RaftPeer peer(Member member, int priority) {
    return RaftPeer.newBuilder()
        .setId(id(member))
        .setAddress(member.endpoint().toString())
        .setPriority(priority)
        .build();
  }

  static Member of(RaftPeer peer) {
    return Member.named(peer.getId().toString(), Endpoint.parse(peer.getAddress()));
  }

  static List<Member> of(Collection<RaftPeer> peers) {
    List<Member> members = new ArrayList<>();
    peers.forEach(peer -> members.add(of(peer)));
    return members;
  }
}
