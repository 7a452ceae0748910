package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a voter says of itself; request and answer of a hello.
 *
 * @param process of this run of the node
 * @param clusterId empty when it knows none
 * @param group zero unless it is a member
 * @param epochBase what is added to the group's terms; 0 unless it is a member
 * @param voters that its settings name
 * @param leader id of the leader it knows, or -1
 */
record Facts(
    int nodeId,
    Uuid process,
    State state,
    String clusterId,
    Uuid group,
    int epochBase,
    List<Integer> voters,
    int leader) {

  /** Where a voter comes from. */
  enum State {
    /** It has no metadata. */
    FRESH(0),
    /** It has metadata from when it was the only voter. */
    SOLO(1),
    /** It belongs to a group. */
    MEMBER(2);

    private final byte number;

    State(int number) {
      this.number = (byte) number;
    }
  }

  private static final int VOTERS_MAX = 64;

  Facts {
    voters = voters.stream().sorted().toList();
  }

  ByteBuffer write() {
    int size =
        Integer.BYTES * 3
            + 1
            + 32
            + WireWriter.sizeOfStringCompact(clusterId)
            + Integer.BYTES * (voters.size() + 1);
    WireWriter out = new WireWriter(ByteBuffer.allocate(size));
    out.int32(nodeId);
    out.uuid(process);
    out.int8(state.number);
    out.stringCompact(clusterId);
    out.uuid(group);
    out.int32(epochBase);
    out.count(voters.size());
    voters.forEach(out::int32);
    out.int32(leader);
    return out.buffer().flip();
  }

  static Facts read(ByteBuffer bytes) {
    WireReader in = new WireReader(bytes);
    int nodeId = in.int32();
    Uuid process = in.uuid();
    State state = state(in.int8());
    String clusterId = WireReader.notNull(in.stringCompact(), "clusterId");
    Uuid group = in.uuid();
    int epochBase = in.int32();
    int count = in.count(Integer.BYTES);
    if (count < 0 || count > VOTERS_MAX) {
      throw new WireException("too many voters, count=" + count);
    }
    List<Integer> voters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      voters.add(in.int32());
    }
    return new Facts(nodeId, process, state, clusterId, group, epochBase, voters, in.int32());
  }

  private static State state(byte number) {
    for (State state : State.values()) {
      if (state.number == number) {
        return state;
      }
    }
    throw new WireException("unknown state of a voter, number=" + number);
  }
}
