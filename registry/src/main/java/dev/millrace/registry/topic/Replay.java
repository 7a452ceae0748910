package dev.millrace.registry.topic;

import dev.millrace.registry.image.Image;
import dev.millrace.registry.record.RecordFormat;
import dev.millrace.registry.record.SchemaRecord;
import java.lang.System.Logger.Level;

/**
 * What a node has read. Immutable.
 *
 * @param image after all records before {@code nextOffset}
 * @param chain where the numbering of writers stood there
 * @param nextOffset what is read next
 */
public record Replay(Image image, Chain chain, long nextOffset) {
  /** Nothing was read. */
  public static final Replay START = new Replay(Image.EMPTY, Chain.START, 0);

  private static final System.Logger LOG = System.getLogger("dev.millrace.registry");

  /** After one more batch; what was read before is left out, and what does not count. */
  public Replay after(LogBatch batch) {
    if (batch.nextOffset() <= nextOffset) {
      return this;
    }
    if (!chain.admits(batch)) {
      LOG.log(
          Level.WARNING,
          "a write to _schemas came too late and does not count, offset=" + batch.baseOffset());
      return new Replay(image, chain, batch.nextOffset());
    }
    Image next = image;
    for (LogBatch.LogRecord one : batch.records()) {
      SchemaRecord record =
          RecordFormat.read(one.content().key(), one.content().value(), one.timestampMs());
      if (record instanceof SchemaRecord.Other other) {
        LOG.log(
            Level.WARNING,
            "record of _schemas is left out, offset<=" + batch.nextOffset() + ": " + other.why());
      }
      next = next.apply(record);
    }
    return new Replay(next, chain.after(batch), batch.nextOffset());
  }
}
