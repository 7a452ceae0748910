package dev.millrace.quorum.log;

import dev.millrace.base.disk.DiskFile;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.wire.Message;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Reads the records of a snapshot, one batch in memory at a time. What is damaged, cut short or has
 * no footer is refused with a {@link MetadataException}.
 */
final class SnapshotReader implements Iterator<Message> {
  /** Largest batch that is read, bytes. */
  static final int BATCH_BYTES_MAX = 256 << 20;

  private final DiskFile file;
  private final String name;
  private final long size;
  private long position;
  private boolean ended;
  private Iterator<Message> batch = Collections.emptyIterator();

  SnapshotReader(DiskFile file, String name) {
    this.file = file;
    this.name = name;
    this.size = file.size();
    if (!(control(nextBatch()) instanceof ControlRecord.SnapshotHeader)) {
      throw damaged("it does not begin with a header");
    }
  }

  @Override
  public boolean hasNext() {
    while (!batch.hasNext() && !ended) {
      RecordBatch next = nextBatch();
      if (!next.isControl()) {
        batch = MetadataBatches.read(next).iterator();
      } else {
        ended = control(next) instanceof ControlRecord.SnapshotFooter;
      }
    }
    return batch.hasNext();
  }

  @Override
  public Message next() {
    if (!hasNext()) {
      throw new NoSuchElementException("snapshot has no more records, name=" + name);
    }
    return batch.next();
  }

  private ControlRecord control(RecordBatch next) {
    MetadataBatches.read(next);
    try {
      return ControlRecord.of(next);
    } catch (RuntimeException wrong) {
      throw new MetadataException("metadata snapshot is damaged, name=" + name, wrong);
    }
  }

  private RecordBatch nextBatch() {
    ByteBuffer header = read(RecordBatch.HEADER_BYTES);
    long bytes = RecordBatch.claimedSizeBytes(header, 0);
    if (bytes < RecordBatch.HEADER_BYTES || bytes > BATCH_BYTES_MAX) {
      throw damaged("a batch cannot have so many bytes, bytes=" + bytes);
    }
    ByteBuffer whole = read((int) bytes);
    position += bytes;
    try {
      return RecordBatch.at(whole);
    } catch (CorruptRecordsException wrong) {
      throw new MetadataException("metadata snapshot is damaged, name=" + name, wrong);
    }
  }

  private ByteBuffer read(int bytes) {
    if (bytes > size - position) {
      throw damaged("it is cut short, bytes=" + size);
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    file.read(buffer, position);
    return buffer.flip();
  }

  private MetadataException damaged(String how) {
    return new MetadataException("metadata snapshot is damaged, name=" + name + ": " + how);
  }
}
