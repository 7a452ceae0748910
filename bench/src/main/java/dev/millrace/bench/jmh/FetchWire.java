package dev.millrace.bench.jmh;

import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.network.Send;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.SendBuilder;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A Fetch request for 4 partitions, and the answer with 64 KiB of records for each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FetchWire {
  private static final short VERSION = 12;
  private static final short HEADER_VERSION = 1;
  private static final int PARTITIONS = 4;

  private final MemoryRecords records = Samples.batch(64, 1024);
  private final ByteBuffer request = Foreign.bytes(kafkaRequest(), VERSION);
  private final FetchResponseData kafkaResponse = kafkaResponse(records);
  private final FetchResponse response = response(Samples.bytes(records));

  @Benchmark
  public FetchRequest decodeRequest() {
    return FetchRequest.read(new WireReader(request.duplicate()), VERSION);
  }

  @Benchmark
  public FetchRequestData decodeRequestKafka() {
    return new FetchRequestData(new ByteBufferAccessor(request.duplicate()), VERSION);
  }

  @Benchmark
  public WireWriter encodeResponse() {
    ResponseHeader header = ResponseHeader.builder().correlationId(7).build();
    return Own.write(header, HEADER_VERSION, response, VERSION);
  }

  @Benchmark
  public Send encodeResponseKafka() {
    var header = new org.apache.kafka.common.requests.ResponseHeader(7, HEADER_VERSION);
    return SendBuilder.buildResponseSend(header, kafkaResponse, VERSION);
  }

  private static FetchRequestData kafkaRequest() {
    List<FetchRequestData.FetchPartition> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(i ->
                new FetchRequestData.FetchPartition()
                    .setPartition(i)
                    .setFetchOffset(1000L * i)
                    .setPartitionMaxBytes(1 << 20))
            .toList();
    return new FetchRequestData()
        .setMaxWaitMs(500)
        .setMinBytes(1)
        .setMaxBytes(50 << 20)
        .setTopics(
            List.of(
                new FetchRequestData.FetchTopic().setTopic("orders").setPartitions(partitions)));
  }

  private static FetchResponseData kafkaResponse(MemoryRecords records) {
    List<FetchResponseData.PartitionData> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(i ->
                new FetchResponseData.PartitionData()
                    .setPartitionIndex(i)
                    .setHighWatermark(5000)
                    .setLastStableOffset(5000)
                    .setRecords(records))
            .toList();
    return new FetchResponseData()
        .setResponses(
            List.of(
                new FetchResponseData.FetchableTopicResponse()
                    .setTopic("orders")
                    .setPartitions(partitions)));
  }

  private static FetchResponse response(ByteBuffer records) {
    List<FetchResponse.PartitionData> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(i ->
                FetchResponse.PartitionData.builder()
                    .partitionIndex(i)
                    .highWatermark(5000)
                    .lastStableOffset(5000)
                    .records(RecordBytes.of(records))
                    .build())
            .toList();
    return FetchResponse.builder()
        .responses(
            List.of(
                FetchResponse.FetchableTopicResponse.builder()
                    .topic("orders")
                    .partitions(partitions)
                    .build()))
        .build();
  }
}
