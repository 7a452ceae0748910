package dev.millrace.registry.topic;

import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.PlainVersions;
import dev.millrace.registry.record.RecordFormat;
import dev.millrace.registry.record.SchemaRecord;
import java.util.function.Consumer;

/**
 * What a node has read. Immutable.
 *
 * @param image after all records before {@code nextOffset}
 * @param chain where the numbering of writers stood there
 * @param spellings keys that are spelled otherwise than here
 * @param nextOffset what is read next
 */
public record Replay(Image image, Chain chain, Spellings spellings, long nextOffset) {
  /** Nothing was read. */
  public static final Replay START = new Replay(Image.EMPTY, Chain.START, Spellings.NONE, 0);

  /**
   * After one more batch; what was read before is left out, and what does not count.
   *
   * @param complaints told what is left out
   */
  public Replay after(LogBatch batch, Consumer<String> complaints) {
    if (batch.nextOffset() <= nextOffset) {
      return this;
    }
    if (!chain.admits(batch)) {
      complaints.accept("a write came too late and does not count, offset=" + batch.baseOffset());
      return new Replay(image, chain, spellings, batch.nextOffset());
    }
    Image next = image;
    Spellings spelled = spellings;
    PlainVersions plain = new PlainVersions();
    for (LogBatch.LogRecord one : batch.records()) {
      Version version = plain.read(one.content(), one.timestampMs());
      if (version != null) { // its key is spelled as here
        next = next.apply(new SchemaRecord.SchemaSet(version));
        continue;
      }
      SchemaRecord record =
          RecordFormat.read(one.content().key(), one.content().value(), one.timestampMs());
      if (record instanceof SchemaRecord.Other other) {
        complaints.accept(
            "a record is left out, base offset=" + batch.baseOffset() + ": " + other.why());
      }
      next = next.apply(record);
      spelled = spelled.after(one.content(), record);
    }
    return new Replay(next, chain.after(batch), spelled, batch.nextOffset());
  }
}
