package dev.millrace.bench.load;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.requests.MetadataResponse;
import org.jspecify.annotations.Nullable;

/** A tiny record with acks=all to one partition. */
record ProduceBeat(String topic, int partition) implements Beat {
  @Override
  public @Nullable Integer port(BrokerSocket any) throws IOException {
    MetadataResponse answer = any.metadata(List.of(topic), false);
    Map<Integer, Integer> portOf = new HashMap<>();
    answer.brokers().forEach(broker -> portOf.put(broker.id(), broker.port()));
    return answer.topicMetadata().stream()
        .flatMap(found -> found.partitionMetadata().stream())
        .filter(found -> found.partition() == partition)
        .flatMap(found -> found.leaderId.stream())
        .filter(portOf::containsKey)
        .findFirst()
        .map(portOf::get)
        .orElse(null);
  }

  @Override
  public boolean accepted(BrokerSocket socket) throws IOException {
    return TinyProduce.accepted(socket, topic, partition);
  }
}
