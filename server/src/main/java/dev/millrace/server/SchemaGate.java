package dev.millrace.server;

import dev.millrace.broker.data.RecordGate;
import dev.millrace.registry.Payloads;
import dev.millrace.registry.SchemaRegistry;
import dev.millrace.replica.SchemaDemand;
import dev.millrace.wire.records.BatchCheck;
import dev.millrace.wire.records.BatchVerdict.RecordError;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets the schema registry of this node judge what is produced to topics that want it. Any thread.
 *
 * @param registry made when the first such record comes
 */
record SchemaGate(Supplier<SchemaRegistry> registry) implements RecordGate {
  private static final String KEY_HEADER = "__key_schema_id";
  private static final String VALUE_HEADER = "__value_schema_id";

  @Override
  public Judgement judge(String topic, SchemaDemand demand, RecordBatch batch, boolean isFinal) {
    SchemaRegistry asked = registry.get();
    Payloads.@Nullable Wanted key = wanted(topic, demand.key(), true);
    Payloads.@Nullable Wanted value = wanted(topic, demand.value(), false);
    List<RecordError> errors = new ArrayList<>(0);
    try (RecordCursor records = batch.records()) {
      for (int index = 0; records.next(); index++) {
        Payloads.Verdict ofKey =
            key == null ? Payloads.Verdict.GOOD : judge(asked, key, records, records.key());
        Payloads.Verdict ofValue =
            value == null ? Payloads.Verdict.GOOD : judge(asked, value, records, records.value());
        if (ofKey == null || ofValue == null) {
          return Judgement.UNKNOWN;
        }
        boolean isUnknown =
            ofKey instanceof Payloads.Verdict.Unknown
                || ofValue instanceof Payloads.Verdict.Unknown;
        if (isUnknown && !isFinal) {
          return Judgement.UNKNOWN;
        }
        add(errors, index, "key", ofKey);
        add(errors, index, "value", ofValue);
        if (errors.size() >= BatchCheck.RECORD_ERRORS_MAX) {
          break;
        }
      }
    }
    return errors.isEmpty() ? Judgement.FITS : new Judgement.Refused(errors);
  }

  private static void add(
      List<RecordError> errors, int index, String part, Payloads.Verdict verdict) {
    switch (verdict) {
      case Payloads.Verdict.Bad bad -> errors.add(new RecordError(index, part + ": " + bad.why()));
      case Payloads.Verdict.Unknown unknown ->
          errors.add(new RecordError(index, part + ": " + unknown.why()));
      case Payloads.Verdict.Good good -> {
        // nothing to say
      }
    }
  }

  /** Nothing may be anything: a tombstone, a record without a key. */
  private static Payloads.@Nullable Verdict judge(
      SchemaRegistry asked,
      Payloads.Wanted wanted,
      RecordCursor record,
      @Nullable ByteBuffer payload) {
    return payload == null
        ? Payloads.Verdict.GOOD
        : asked.judge(wanted, payload, header(record, wanted.isKey()));
  }

  private static @Nullable ByteBuffer header(RecordCursor record, boolean isKey) {
    if (record.headerCount() == 0) {
      return null;
    }
    String name = isKey ? KEY_HEADER : VALUE_HEADER;
    for (RecordHeader header : record.headers()) {
      if (header.key().equals(name)) {
        return header.value();
      }
    }
    return null;
  }

  private static Payloads.@Nullable Wanted wanted(
      String topic, SchemaDemand.Part part, boolean isKey) {
    return part.depth() == SchemaDemand.Depth.NONE
        ? null
        : new Payloads.Wanted(
            topic,
            isKey,
            switch (part.naming()) {
              case TOPIC -> Payloads.Naming.TOPIC;
              case RECORD -> Payloads.Naming.RECORD;
              case TOPIC_RECORD -> Payloads.Naming.TOPIC_RECORD;
            },
            part.depth() == SchemaDemand.Depth.CONTENT);
  }

  @Override
  public void refresh(Runnable then) {
    Thread.ofVirtual()
        .name("schemas-refresh")
        .start(() -> {
          try {
            registry.get().refresh();
          } finally {
            then.run();
          }
        });
  }
}
