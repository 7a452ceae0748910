package dev.millrace.broker.fake;

import dev.millrace.base.disk.FileRegion;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Connection;
import dev.millrace.net.Reply;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireWriter;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A connection without a socket: keeps what was answered and why it was closed. */
public final class FakeConnection implements Connection {
  private final List<FakeReply> replies = new ArrayList<>();
  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final Turns loop;
  private final String listener;
  private String closedFor;

  public FakeConnection(Turns loop, String listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /** The place for one more answer. */
  public FakeReply newReply() {
    FakeReply reply = new FakeReply();
    replies.add(reply);
    return reply;
  }

  /** The reason of {@link #close}, or null while the connection is open. */
  public String closedFor() {
    return closedFor;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String listener() {
    return listener;
  }

  @Override
  public InetAddress peer() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public Turns loop() {
    return loop;
  }

  @Override
  public boolean isOpen() {
    return closedFor == null;
  }

  @Override
  public void close(String reason) {
    if (closedFor == null) {
      closedFor = reason;
    }
  }

  @Override
  public void mute(long delayMs) {}

  /** Keeps one answer. */
  public static final class FakeReply implements Reply {
    private ByteBuffer frame;
    private boolean skipped;
    private boolean holdsNext;
    private int copiedBytes;
    private Runnable whenGone;

    /** The whole answer without its size prefix, or null as long as there is none. */
    public ByteBuffer frame() {
      return frame == null ? null : frame.duplicate();
    }

    public boolean skipped() {
      return skipped;
    }

    /** Whether the connection's next request waits for this answer. */
    public boolean holdsNext() {
      return holdsNext;
    }

    /** Bytes of the answer's own buffer, size prefix included, external parts not. */
    public int copiedBytes() {
      return copiedBytes;
    }

    @Override
    public void send(WireWriter answer) {
      once();
      ByteBuffer copied = answer.buffer().duplicate().flip();
      copiedBytes = answer.buffer().capacity();
      ByteBuffer whole = ByteBuffer.allocate(4 + copied.getInt(0));
      for (WireWriter.External external : answer.externals()) {
        int own = external.at() - copied.position();
        whole.put(copied.slice(copied.position(), own));
        copied.position(external.at());
        whole.put(bytes(external.records()));
      }
      whole.put(copied);
      if (whole.hasRemaining()) {
        throw new AssertionError("answer is shorter than its size, left=" + whole.remaining());
      }
      frame = whole.flip().position(4).slice();
    }

    private static ByteBuffer bytes(RecordBytes records) {
      return switch (records) {
        case RecordBytes.InMemory memory -> memory.view();
        case RecordBytes.InFile(FileRegion region) -> {
          ByteBuffer bytes = ByteBuffer.allocate(region.length());
          region.file().read(bytes, region.position());
          yield bytes.flip();
        }
      };
    }

    @Override
    public void skip() {
      once();
      skipped = true;
    }

    @Override
    public void onGone(Runnable task) {
      whenGone = task;
    }

    /** The client goes: what is in work for this answer ends. */
    public void gone() {
      if (frame == null && whenGone != null) {
        whenGone.run();
      }
    }

    @Override
    public void holdNext() {
      holdsNext = true;
    }

    private void once() {
      if (skipped || frame != null) {
        throw new AssertionError("a reply is used once");
      }
    }
  }
}
