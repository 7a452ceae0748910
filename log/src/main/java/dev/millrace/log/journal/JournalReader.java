package dev.millrace.log.journal;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.BlockFile;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.TopicPartition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a journal holds, as its file says: the whole frames that are not void. Blocks between them
 * are of an earlier time, or of the one frame that a crash has torn.
 */
public final class JournalReader {
  private final DiskFile file;
  private final Path path;
  private final JournalHeader header;
  private final ByteBuffer buffer = ByteBuffer.allocate(Frame.BYTES_MAX);

  private JournalReader(DiskFile file, Path path, JournalHeader header) {
    this.file = file;
    this.path = path;
    this.header = header;
  }

  /**
   * Reads the header.
   *
   * @param path for messages
   * @throws CorruptFileException when neither of its blocks is whole
   */
  public static JournalReader open(DiskFile file, Path path) {
    JournalHeader.Latest latest = JournalHeader.latest(file);
    if (latest == null) {
      throw new CorruptFileException(
          path,
          "flush journal has no whole header, so records that were acknowledged may be lost;"
              + " restore it, or delete it to start without what it held");
    }
    return new JournalReader(file, path, latest.header());
  }

  public JournalHeader header() {
    return header;
  }

  /** An entry; its bytes are read by {@link #read}. */
  public sealed interface Entry {
    LogKey log();

    /**
     * Bytes of a segment.
     *
     * @param at where they lie in the journal
     */
    record Data(
        LogKey log, long segment, Frame.Span span, boolean isStart, long durableEnd, long at)
        implements Entry {}

    /** The log's entries before this one are void. */
    record Forget(LogKey log) implements Entry {}
  }

  /** A whole frame. */
  public record WholeFrame(long sequence, long at, List<Entry> entries) {}

  /**
   * The frames that are not void, in their order.
   *
   * @throws CorruptFileException when one is missing in front of others: each was on disk before
   *     the next was begun, so no crash can have torn it
   */
  public List<WholeFrame> frames() {
    List<WholeFrame> frames = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      if (!isVoid(header.halfAt(half), header.halfAt(half + 1))) {
        collect(header.halfAt(half), header.halfAt(half + 1), frames);
      }
    }
    frames.sort(Comparator.comparingLong(WholeFrame::sequence));
    long due = header.voidBelow();
    for (WholeFrame frame : frames) {
      if (frame.sequence() != due++) {
        throw damaged(
            "flush journal is damaged in front of a frame, so records that were acknowledged may be"
                + " lost; restore it, or delete it to start without what it held, frame="
                + frame.sequence());
      }
    }
    return frames;
  }

  /** The number that the next frame gets. */
  public static long nextSequence(JournalHeader header, List<WholeFrame> frames) {
    return frames.isEmpty() ? header.voidBelow() : frames.getLast().sequence() + 1;
  }

  /** Reads bytes of an entry. */
  public void read(Entry.Data entry, int from, ByteBuffer target) {
    int wanted = target.remaining();
    if (file.read(target, entry.at() + from) < wanted) {
      throw damaged("flush journal ends before its frame, entry=" + entry);
    }
  }

  /** Whether a half was not begun since all before was void: a start after a stop reads no more. */
  private boolean isVoid(long from, long end) {
    WholeFrame first = frame(from, end);
    boolean isUnused = first == null && buffer.getInt(0) == 0 && buffer.getInt(4) == 0;
    return isUnused || (first != null && first.sequence() < header.voidBelow());
  }

  /** Takes what is whole and not void, and one that is behind a gap, which is found out later. */
  private void collect(long from, long end, List<WholeFrame> frames) {
    long at = from;
    long due = header.voidBelow();
    while (at < end) {
      WholeFrame frame = frame(at, end);
      if (frame == null || frame.sequence() < due) {
        at += BlockFile.BLOCK_BYTES;
        continue;
      }
      frames.add(frame);
      due = frame.sequence() + 1;
      at += blocks(buffer.limit());
    }
  }

  /** The frame at a position, or null when none is whole there. */
  private @Nullable WholeFrame frame(long at, long end) {
    if (!load(at, Frame.HEAD_BYTES) || buffer.getInt(0) != Frame.MAGIC) {
      return null;
    }
    int size = buffer.getInt(4);
    if (size < Frame.HEAD_BYTES || size > Frame.BYTES_MAX || size > end - at || !load(at, size)) {
      return null;
    }
    if (buffer.getInt(Frame.AT_CRC) != Frame.crc(buffer, size)) {
      return null;
    }
    return new WholeFrame(buffer.getLong(16), at, entries(at, size));
  }

  private boolean load(long at, int bytes) {
    buffer.clear().limit(bytes);
    boolean isThere = file.read(buffer, at) == bytes;
    buffer.flip();
    return isThere;
  }

  private List<Entry> entries(long frameAt, int size) {
    List<Entry> entries = new ArrayList<>();
    int at = Frame.HEAD_BYTES;
    while (at < size) {
      int topicBytes = size - at < Frame.ENTRY_BYTES ? -1 : buffer.getShort(at + 2);
      int length = topicBytes < 0 ? -1 : buffer.getInt(at + 36);
      int dataAt = at + Frame.ENTRY_BYTES + topicBytes;
      if (length < 0 || (long) dataAt + length > size) {
        throw damaged("flush journal has a malformed frame, at=" + frameAt);
      }
      entries.add(entry(at, topicBytes, new Frame.Span(buffer.getInt(at + 32), length), frameAt));
      at = dataAt + length;
    }
    return entries;
  }

  private Entry entry(int at, int topicBytes, Frame.Span span, long frameAt) {
    int nameAt = at + Frame.ENTRY_BYTES;
    String topic = new String(buffer.array(), nameAt, topicBytes, StandardCharsets.UTF_8);
    Uuid id = new Uuid(buffer.getLong(at + 8), buffer.getLong(at + 16));
    LogKey log = new LogKey(id, new TopicPartition(topic, buffer.getInt(at + 4)));
    byte kind = buffer.get(at);
    return switch (kind) {
      case Frame.FORGET -> new Entry.Forget(log);
      case Frame.BATCHES, Frame.MORE_BYTES ->
          new Entry.Data(
              log,
              buffer.getLong(at + 24),
              span,
              kind == Frame.BATCHES,
              buffer.getLong(at + 40),
              frameAt + nameAt + topicBytes);
      default -> throw damaged("flush journal has an unknown entry, kind=" + kind);
    };
  }

  private CorruptFileException damaged(String what) {
    return new CorruptFileException(path, what);
  }

  private static long blocks(int bytes) {
    return (bytes + BlockFile.BLOCK_BYTES - 1L) & -BlockFile.BLOCK_BYTES;
  }
}
