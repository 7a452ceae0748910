package dev.millrace.quorum.image;

import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.quorum.record.ProducerIdsRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.wire.Message;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** Writes an image as the records that make it: features first, since the others depend on them. */
public final class ImageRecords {
  private static final String METADATA_VERSION = "metadata.version";

  private ImageRecords() {}

  /** Replaying these on an empty image gives {@code image}, but for its offset and epoch. */
  public static Stream<Message> of(ClusterImage image) {
    return Stream.of(
            features(image),
            image.brokers().values().stream().map(BrokerImage::record),
            image.topics().sorted().flatMap(ImageRecords::topic),
            configs(image),
            producerIds(image),
            image.kept().all())
        .flatMap(records -> records);
  }

  private static Stream<Message> features(ClusterImage image) {
    return image.features().entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<String, Short> feature) ->
                    !feature.getKey().equals(METADATA_VERSION))
                .thenComparing(Map.Entry::getKey))
        .map(feature -> new FeatureLevelRecord(feature.getKey(), feature.getValue()));
  }

  private static Stream<Message> topic(TopicImage topic) {
    return Stream.concat(
        Stream.of(new TopicRecord(topic.name(), topic.id())),
        topic.partitions().entrySet().stream()
            .map(entry -> entry.getValue().record(topic.id(), entry.getKey())));
  }

  private static Stream<Message> configs(ClusterImage image) {
    return image.configs().entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<ConfigResource, ?> entry) -> entry.getKey().scope())
                .thenComparing(entry -> entry.getKey().name()))
        .flatMap(entry ->
            entry.getValue().entrySet().stream()
                .map(config ->
                    new ConfigRecord(
                        entry.getKey().scope().number(),
                        entry.getKey().name(),
                        config.getKey(),
                        config.getValue())));
  }

  private static Stream<Message> producerIds(ClusterImage image) {
    return image.nextProducerId() == 0
        ? Stream.empty()
        : Stream.of(
            ProducerIdsRecord.builder()
                .brokerId(-1)
                .brokerEpoch(-1)
                .nextProducerId(image.nextProducerId())
                .build());
  }
}
