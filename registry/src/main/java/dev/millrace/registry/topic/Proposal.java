package dev.millrace.registry.topic;

import dev.millrace.registry.change.Change;
import dev.millrace.registry.change.Decision;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.record.RecordFormat;
import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.registry.record.SchemaRecord;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node wants to write next: changes decided one on the other, the first of them on what the
 * node has replayed. Holds only if its records come to stand right behind that.
 *
 * @param from what it was decided on
 * @param chain under which number it is written
 * @param records all that is to be written; empty when nothing is
 * @param outcomes of the changes that are part of it, in their order
 * @param atMs the time of its records, wall clock, milliseconds
 */
public record Proposal(
    Replay from, Chain chain, List<Written> records, List<Outcome> outcomes, long atMs) {
  private static final int BATCH_BYTES_MAX = 900_000;
  private static final int RECORD_OVERHEAD_BYTES = 40;

  /** What a change comes to: a reply, or a refusal. */
  public record Outcome(@Nullable Object reply, @Nullable RuntimeException refusal) {}

  /**
   * Decides as many of the changes as fit into one batch, the first one in any case.
   *
   * @param nowMs wall clock, milliseconds
   */
  public static Proposal of(Replay from, List<? extends Change<?>> changes, long nowMs) {
    Image image = from.image();
    List<Written> records = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    long bytes = 0;
    for (Change<?> change : changes) {
      Decision<?> decision;
      try {
        decision = change.decide(image, nowMs);
      } catch (Refusal refusal) {
        outcomes.add(new Outcome(null, refusal));
        continue;
      } catch (RuntimeException fault) {
        outcomes.add(new Outcome(null, fault));
        continue;
      }
      List<Written> written =
          from.spellings().complete(decision.records().stream().map(RecordFormat::write).toList());
      long more = sizeBytes(written);
      if (!records.isEmpty() && bytes + more > BATCH_BYTES_MAX) {
        break;
      }
      bytes += more;
      records.addAll(written);
      outcomes.add(new Outcome(decision.reply(), null));
      for (SchemaRecord record : decision.records()) {
        image = image.apply(record);
      }
    }
    return new Proposal(from, from.chain(), List.copyOf(records), List.copyOf(outcomes), nowMs);
  }

  /** Starts the numbers anew, because the leader expects others than the log shows. */
  public static Proposal renewal(Replay from, int epochsLater, long nowMs) {
    SchemaRecord noop = new SchemaRecord.Noop(from.image().maxIdsBeyond());
    return new Proposal(
        from,
        from.chain().renewed(epochsLater),
        List.of(RecordFormat.write(noop)),
        List.of(),
        nowMs);
  }

  /** The batch to be sent. */
  public ByteBuffer batch() {
    BatchBuilder batch =
        BatchBuilder.from(0).producer(Chain.PRODUCER_ID, chain.epoch(), chain.next());
    if (sizeBytes(records) > BATCH_BYTES_MAX) {
      batch.compressed(Codec.ZSTD);
    }
    records.forEach(record -> batch.append(atMs, record.key(), record.value()));
    return batch.build();
  }

  private static long sizeBytes(List<Written> written) {
    long bytes = 0;
    for (Written one : written) {
      bytes += one.key().size() + RECORD_OVERHEAD_BYTES;
      bytes += one.value() == null ? 0 : one.value().size();
    }
    return bytes;
  }
}
