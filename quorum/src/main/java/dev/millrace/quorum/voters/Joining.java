package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.net.Endpoint;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;

/** Request and answer of a node that wants to be taken into the group. */
final class Joining {
  private Joining() {}

  /** Asks the leader of a group to take a member in. */
  record Request(Uuid group, Member member) {
    ByteBuffer write() {
      String host = member.endpoint().host();
      int size = 16 + Integer.BYTES + 16 + WireWriter.sizeOfStringCompact(host) + Integer.BYTES;
      WireWriter out = new WireWriter(ByteBuffer.allocate(size));
      out.uuid(group);
      out.int32(member.id());
      out.uuid(member.incarnation());
      out.stringCompact(host);
      out.int32(member.endpoint().port());
      return out.buffer().flip();
    }

    static Request read(ByteBuffer bytes) {
      WireReader in = new WireReader(bytes);
      Uuid group = in.uuid();
      int id = in.int32();
      Uuid incarnation = in.uuid();
      String host = WireReader.notNull(in.stringCompact(), "host");
      return new Request(group, new Member(id, incarnation, new Endpoint(host, in.int32())));
    }
  }

  /** What is said to it. */
  enum Verdict {
    /** It is, or is about to be, a member. */
    ADMITTED(0),
    /** Another node leads; ask it. */
    NOT_LEADER(1),
    /** Not now; ask again. */
    LATER(2),
    /** Never: the node must not run. */
    REFUSED(3);

    private final byte number;

    Verdict(int number) {
      this.number = (byte) number;
    }

    static Verdict of(byte number) {
      for (Verdict verdict : values()) {
        if (verdict.number == number) {
          return verdict;
        }
      }
      throw new WireException("unknown verdict, number=" + number);
    }
  }

  /** The answer and its reason. */
  record Answer(Verdict verdict, String reason) {
    ByteBuffer write() {
      WireWriter out =
          new WireWriter(ByteBuffer.allocate(1 + WireWriter.sizeOfStringCompact(reason)));
      out.int8(verdict.number);
      out.stringCompact(reason);
      return out.buffer().flip();
    }

    static Answer read(ByteBuffer bytes) {
      WireReader in = new WireReader(bytes);
      Verdict verdict = Verdict.of(in.int8());
      return new Answer(verdict, WireReader.notNull(in.stringCompact(), "reason"));
    }
  }
}
