package dev.millrace.bench.jmh;

import dev.millrace.wire.records.BatchCheck;
import dev.millrace.wire.records.BatchRules;
import dev.millrace.wire.records.BatchVerdict;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** One plain batch of 160 records of 100 B: its CRC, its records, and what a broker checks. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Batches {
  private static final long NOW_MS = 1_750_000_100_000L;
  private static final short PRODUCE_VERSION = 11;

  private final ByteBuffer bytes = Samples.bytes(Samples.batch(160, 100));

  @Benchmark
  public boolean crc() {
    return RecordBatch.at(bytes).isIntact();
  }

  @Benchmark
  public boolean crcKafka() {
    return kafkaBatch().isValid();
  }

  @Benchmark
  public BatchVerdict check() {
    return BatchCheck.check(bytes, BatchRules.DEFAULT, PRODUCE_VERSION, NOW_MS);
  }

  @Benchmark
  public void records(Blackhole hole) {
    try (RecordCursor records = RecordBatch.at(bytes).records()) {
      while (records.next()) {
        hole.consume(records.offset());
        hole.consume(records.value());
      }
    }
  }

  @Benchmark
  public void recordsKafka(Blackhole hole) {
    for (Record record : kafkaBatch()) {
      hole.consume(record.offset());
      hole.consume(record.value());
    }
  }

  private MutableRecordBatch kafkaBatch() {
    return MemoryRecords.readableRecords(bytes).batches().iterator().next();
  }
}
