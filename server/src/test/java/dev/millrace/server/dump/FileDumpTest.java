package dev.millrace.server.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.log.journal.Frame;
import dev.millrace.log.journal.JournalFile;
import dev.millrace.log.journal.LogKey;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDumpTest {
  @TempDir private Path folder;

  private final List<String> lines = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  @Test
  void showsBatchesAndRecords() throws IOException {
    Path segment =
        write(
            folder.resolve("00000000000000000005.log"),
            batch(5, Codec.NONE, "a", "b"),
            batch(7, Codec.ZSTD, "c"));
    dump(segment, true);
    assertThat(problems).isEmpty();
    assertThat(lines)
        .hasSize(5)
        .element(0)
        .asString()
        .startsWith("batch {baseOffset=5, lastOffset=6, records=2, position=0,")
        .contains("codec=none", "producerId=9", "baseSequence=5");
    assertThat(lines.get(1)).contains("offset=5", "sequence=5", "key=k, value=a");
    assertThat(lines.get(3)).contains("baseOffset=7", "codec=zstd");
    assertThat(lines.get(4)).contains("offset=7", "value=c");
  }

  @Test
  void showsWhatAStartPutsBackFromAFlushJournal() throws IOException {
    Path segment = write(folder.resolve("00000000000000000005.log"), batch(5, Codec.NONE, "a"));
    JournalFile journal = JournalFile.open(FileDisk.INSTANCE, folder, JournalFile.BYTES_MIN, 3);
    if (journal == null) {
      return; // a file system that is not written past its cache has no journals
    }
    LogKey log = new LogKey(new Uuid(1, 2), new TopicPartition("orders", 4));
    Frame frame = new Frame(8192);
    try (DiskFile file = FileDisk.INSTANCE.open(segment, Disk.Access.READ)) {
      frame.add(new Frame.Place(log, 5), file, new Frame.Span(0, 61), true, 6);
      frame.forget(log);
    }
    journal.write(frame, 3, 0, 0);
    journal.close();
    dump(folder.resolve(JournalFile.NAME), false);
    assertThat(problems).isEmpty();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).contains("sequence=3, partition=orders-4", "bytes=61, durableEnd=6");
    assertThat(lines.get(2)).startsWith("forget {sequence=3, partition=orders-4");
  }

  @Test
  void aTornTailIsAProblemAndWhatStandsBeforeItIsShown() throws IOException {
    ByteBuffer second = batch(1, Codec.NONE, "b");
    second.limit(second.limit() - 1);
    Path segment =
        write(folder.resolve("00000000000000000000.log"), batch(0, Codec.NONE, "a"), second);
    dump(segment, false);
    assertThat(lines).hasSize(1);
    assertThat(problems).singleElement().asString().startsWith("no whole batch here, position=");
  }

  @Test
  void aFlippedBitIsAProblem() throws IOException {
    ByteBuffer batch = batch(0, Codec.NONE, "a");
    batch.put(batch.limit() - 1, (byte) (batch.get(batch.limit() - 1) ^ 1));
    dump(write(folder.resolve("00000000000000000000.log"), batch), true);
    assertThat(problems).containsExactly("checksum does not fit, baseOffset=0");
  }

  @Test
  void aHostileLengthTakesNoMemory() throws IOException {
    ByteBuffer batch = batch(0, Codec.NONE, "a");
    batch.putInt(8, Integer.MAX_VALUE);
    dump(write(folder.resolve("00000000000000000000.log"), batch), true);
    assertThat(problems).singleElement().asString().startsWith("no whole batch here");
  }

  @Test
  void showsAnOffsetIndexUpToItsRoom() throws IOException {
    ByteBuffer index = ByteBuffer.allocate(32);
    index.putInt(10).putInt(4096).putInt(20).putInt(9000).rewind();
    dump(write(folder.resolve("00000000000000000100.index"), index), false);
    assertThat(lines)
        .containsExactly("index {offset=110, position=4096}", "index {offset=120, position=9000}");
    assertThat(problems).isEmpty();
  }

  @Test
  void anOffsetIndexThatFallsIsAProblem() throws IOException {
    ByteBuffer index = ByteBuffer.allocate(19);
    index.putInt(20).putInt(4096).putInt(10).putInt(9000).rewind();
    dump(write(folder.resolve("00000000000000000000.index"), index), false);
    assertThat(problems)
        .containsExactly(
            "offsets do not rise, offset=10 before=20",
            "file does not end with a whole entry, bytes=3");
  }

  @Test
  void showsTimesAndAbortedTransactions() throws IOException {
    ByteBuffer times = ByteBuffer.allocate(24);
    times.putLong(1000).putInt(3).rewind();
    dump(write(folder.resolve("00000000000000000010.timeindex"), times), false);
    ByteBuffer aborted = ByteBuffer.allocate(34);
    aborted.putShort((short) 0).putLong(7).putLong(1).putLong(2).putLong(3).rewind();
    dump(write(folder.resolve("00000000000000000010.txnindex"), aborted), false);
    assertThat(lines)
        .containsExactly(
            "timeindex {timestamp=1000, offset=13}",
            "txnindex {producerId=7, firstOffset=1, lastOffset=2, lastStableOffset=3}");
    assertThat(problems).isEmpty();
  }

  @Test
  void showsProducersAndChecksTheirChecksum() throws IOException {
    ByteBuffer snapshot = ByteBuffer.allocate(56);
    snapshot.putShort((short) 1).putInt(0).putInt(1);
    snapshot.putLong(9).putShort((short) 2).putInt(41).putLong(141).putInt(1).putLong(1000);
    snapshot.putInt(-1).putLong(-1).rewind();
    CRC32C crc = new CRC32C();
    crc.update(snapshot.slice(6, 50));
    snapshot.putInt(2, (int) crc.getValue());
    Path path = write(folder.resolve("00000000000000000142.snapshot"), snapshot);
    dump(path, false);
    assertThat(lines)
        .containsExactly(
            "producer {producerId=9, producerEpoch=2, lastSequence=41, lastOffset=141,"
                + " offsetDelta=1, timestamp=1000, coordinatorEpoch=-1, currentTxnFirstOffset=-1}");
    assertThat(problems).isEmpty();
    Files.write(path, new byte[] {0}, StandardOpenOption.APPEND);
    dump(path, false);
    assertThat(problems)
        .containsExactly("checksum does not fit", "count does not fit the size, count=1 bytes=57");
  }

  @Test
  void refusesOtherFiles() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> dump(folder.resolve("meta.properties"), false))
        .withMessageStartingWith("file is none of a partition's, path=");
  }

  private void dump(Path path, boolean records) {
    DumpOutput out =
        new DumpOutput() {
          @Override
          public void entry(String kind, Map<String, @Nullable Object> fields) {
            lines.add(kind + " " + fields);
          }

          @Override
          public void problem(String message) {
            problems.add(message);
          }
        };
    new FileDump(FileDisk.INSTANCE, out, records).dump(path);
  }

  private static Path write(Path path, ByteBuffer... parts) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (ByteBuffer part : parts) {
        file.write(part);
      }
    }
    return path;
  }

  private static ByteBuffer batch(long baseOffset, Codec codec, String... values) {
    BatchBuilder batch =
        BatchBuilder.from(baseOffset).compressed(codec).producer(9, (short) 0, (int) baseOffset);
    for (String value : values) {
      batch.append(1000, Bytes.utf8("k"), Bytes.utf8(value));
    }
    return batch.build();
  }
}
