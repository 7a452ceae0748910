package dev.millrace.broker.topic;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which topics a Metadata request asks for. */
sealed interface MetadataQuery {
  /** Every topic. */
  record All() implements MetadataQuery {}

  /** Topics by name, each once. */
  record ByName(List<String> names) implements MetadataQuery {}

  /** Topics by id, each once; names in the same request do not count. */
  record ById(List<Uuid> ids) implements MetadataQuery {}

  /** A request that its version does not allow. */
  record Invalid() implements MetadataQuery {}

  /** Version from which topics may be asked for by id. */
  short IDS_SINCE = 12;

  static MetadataQuery of(MetadataRequest request, short version) {
    List<MetadataRequestTopic> topics = request.topics();
    if (topics == null || (version == 0 && topics.isEmpty())) {
      return new All();
    }
    List<Uuid> ids =
        topics.stream()
            .map(MetadataRequestTopic::topicId)
            .filter(id -> !id.equals(Uuid.ZERO))
            .distinct()
            .toList();
    if (!ids.isEmpty()) {
      return version < IDS_SINCE ? new Invalid() : new ById(ids);
    }
    List<@Nullable String> names =
        topics.stream().<@Nullable String>map(MetadataRequestTopic::name).distinct().toList();
    return names.contains(null)
        ? new Invalid()
        : new ByName(names.stream().map(Objects::requireNonNull).toList());
  }
}
