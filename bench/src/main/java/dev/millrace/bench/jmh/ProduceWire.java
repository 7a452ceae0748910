package dev.millrace.bench.jmh;

import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
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

/** A Produce request of 4 partitions with 16 records of 1 KiB each, and the answer to it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ProduceWire {
  private static final short VERSION = 11;
  private static final short HEADER_VERSION = 1;
  private static final int PARTITIONS = 4;

  private final ByteBuffer request = Foreign.bytes(kafkaRequest(Samples.batch(16, 1024)), VERSION);
  private final ProduceResponseData kafkaResponse = kafkaResponse();
  private final ProduceResponse response =
      ProduceResponse.read(new WireReader(Foreign.bytes(kafkaResponse, VERSION)), VERSION);

  @Benchmark
  public ProduceRequest decodeRequest() {
    return ProduceRequest.read(new WireReader(request.duplicate()), VERSION);
  }

  @Benchmark
  public ProduceRequestData decodeRequestKafka() {
    return new ProduceRequestData(new ByteBufferAccessor(request.duplicate()), VERSION);
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

  private static ProduceRequestData kafkaRequest(MemoryRecords records) {
    List<ProduceRequestData.PartitionProduceData> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(
                i -> new ProduceRequestData.PartitionProduceData().setIndex(i).setRecords(records))
            .toList();
    ProduceRequestData.TopicProduceDataCollection topics =
        new ProduceRequestData.TopicProduceDataCollection();
    topics.add(
        new ProduceRequestData.TopicProduceData().setName("orders").setPartitionData(partitions));
    return new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000).setTopicData(topics);
  }

  private static ProduceResponseData kafkaResponse() {
    ProduceResponseData.TopicProduceResponseCollection topics =
        new ProduceResponseData.TopicProduceResponseCollection();
    topics.add(
        new ProduceResponseData.TopicProduceResponse()
            .setName("orders")
            .setPartitionResponses(
                IntStream.range(0, PARTITIONS)
                    .mapToObj(i ->
                        new ProduceResponseData.PartitionProduceResponse()
                            .setIndex(i)
                            .setBaseOffset(1000L * i))
                    .toList()));
    return new ProduceResponseData().setResponses(topics);
  }
}
