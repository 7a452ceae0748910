package dev.millrace.log.producer;

import dev.millrace.base.disk.Disk;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.WholeFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The producers of a partition as of an offset, {@code <offset>.snapshot}.
 *
 * <pre>
 *   0 version int16    1
 *   2 crc     uint32   CRC-32C of all that follows
 *   6 count   int32    number of entries
 *  10 entries of 46 bytes:
 *      0 producerId            int64
 *      8 epoch                 int16
 *     10 lastSequence          int32   -1 without a batch
 *     14 lastOffset            int64   -1 without a batch
 *     22 offsetDelta           int32
 *     26 timestamp             int64   ms
 *     34 coordinatorEpoch      int32
 *     38 currentTxnFirstOffset int64   -1 without a transaction
 * </pre>
 *
 * One entry holds one batch. A producer whose latest five batches are known has five entries, one
 * after the other, the oldest first; they differ only in the batch. Apache Kafka reads the entries
 * in order into a map, so that the last one, which is the one it would have written itself, wins.
 */
public final class ProducerSnapshot {
  private static final short VERSION = 1;
  private static final int AT_CRC = 2;
  private static final int AT_COUNT = 6;
  private static final int HEADER_BYTES = 10;
  private static final int ENTRY_BYTES = 46;

  private ProducerSnapshot() {}

  /**
   * Writes the file whole; a producer without remembered batches takes one entry.
   *
   * @throws dev.millrace.base.disk.DiskException when the disk refuses
   */
  public static void write(Disk disk, Path path, Collection<Producer> producers) {
    int entries = 0;
    for (Producer producer : producers) {
      entries += Math.max(producer.batches().size(), 1);
    }
    ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + entries * ENTRY_BYTES);
    out.putShort(VERSION).putInt(0).putInt(entries);
    producers.forEach(producer -> write(out, producer));
    out.flip();
    out.putInt(AT_CRC, crc(out));
    WholeFile.replace(disk, path, out);
  }

  /**
   * Reads a snapshot that is there.
   *
   * @throws CorruptFileException when it is torn or of another format
   */
  public static Collection<Producer> read(Disk disk, Path path) {
    ByteBuffer in = Objects.requireNonNull(WholeFile.read(disk, path));
    check(in, path);
    in.position(HEADER_BYTES);
    List<Producer> producers = new ArrayList<>();
    while (in.hasRemaining()) {
      Producer next = read(in);
      Producer before = producers.isEmpty() ? null : producers.getLast();
      if (before != null && before.id() == next.id() && before.epoch() == next.epoch()) {
        producers.set(producers.size() - 1, joined(before, next));
      } else {
        producers.add(next);
      }
    }
    return producers;
  }

  private static void write(ByteBuffer out, Producer producer) {
    List<BatchMark> batches = producer.batches();
    if (batches.isEmpty()) {
      BatchMark none = new BatchMark(Producer.NONE, Producer.NONE, 0, producer.lastTimestampMs());
      write(out, producer, none, producer.lastTimestampMs());
      return;
    }
    int last = batches.size() - 1;
    for (int i = 0; i < last; i++) {
      write(out, producer, batches.get(i), batches.get(i).timestampMs());
    }
    write(out, producer, batches.get(last), producer.lastTimestampMs());
  }

  private static void write(ByteBuffer out, Producer producer, BatchMark batch, long timestampMs) {
    out.putLong(producer.id()).putShort(producer.epoch());
    out.putInt(batch.lastSequence()).putLong(batch.lastOffset()).putInt(batch.offsetDelta());
    out.putLong(timestampMs).putInt(producer.coordinatorEpoch());
    out.putLong(producer.openFirstOffset());
  }

  private static Producer read(ByteBuffer in) {
    long id = in.getLong();
    short epoch = in.getShort();
    int lastSequence = in.getInt();
    long lastOffset = in.getLong();
    int offsetDelta = in.getInt();
    long timestampMs = in.getLong();
    int coordinatorEpoch = in.getInt();
    long open = in.getLong();
    List<BatchMark> batches =
        lastOffset < 0
            ? List.of()
            : List.of(new BatchMark(lastSequence, lastOffset, offsetDelta, timestampMs));
    return new Producer(
        id, epoch, coordinatorEpoch, timestampMs, open < 0 ? Producer.NONE : open, batches);
  }

  private static Producer joined(Producer before, Producer next) {
    List<BatchMark> batches = new ArrayList<>(before.batches());
    batches.addAll(next.batches());
    int surplus = Math.max(batches.size() - Producer.BATCHES_MAX, 0);
    return new Producer(
        next.id(),
        next.epoch(),
        next.coordinatorEpoch(),
        next.lastTimestampMs(),
        next.openFirstOffset(),
        List.copyOf(batches.subList(surplus, batches.size())));
  }

  private static void check(ByteBuffer in, Path path) {
    if (in.limit() < HEADER_BYTES || in.getShort(0) != VERSION) {
      throw new CorruptFileException(path, "producer snapshot is not of version 1");
    }
    if (in.getInt(AT_CRC) != crc(in)) {
      throw new CorruptFileException(path, "producer snapshot has a wrong crc");
    }
    long entries = in.getInt(AT_COUNT);
    if (HEADER_BYTES + entries * ENTRY_BYTES != in.limit()) {
      throw new CorruptFileException(
          path, "producer snapshot has another size than its count says, count=" + entries);
    }
  }

  private static int crc(ByteBuffer content) {
    CRC32C crc = new CRC32C();
    crc.update(content.slice(AT_COUNT, content.limit() - AT_COUNT));
    return (int) crc.getValue();
  }
}
