package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ConsumerProtocolSubscription;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks into what consumers tell each other through the group: int16 version, then the
 * subscription. The coordinator needs only the topics, which stand at the same place in every
 * version.
 */
final class Subscriptions {
  private static final short READ_VERSION = 0;

  private Subscriptions() {}

  /**
   * The topics that members of {@code group} subscribe to in its current protocol.
   *
   * @return null when the group does not speak the consumer protocol or does not speak it rightly
   */
  static @Nullable Set<String> topicsOf(ClassicGroup group) {
    if (!group.usesConsumerProtocol()) {
      return null;
    }
    Set<String> topics = new HashSet<>();
    for (Member member : group.members()) {
      if (!read(group.metadata(member), topics)) {
        return null;
      }
    }
    return topics;
  }

  /** Whether two subscriptions can be read and name other topics. */
  static boolean differ(Bytes one, Bytes other) {
    Set<String> topics = new HashSet<>();
    Set<String> otherTopics = new HashSet<>();
    return read(one, topics) && read(other, otherTopics) && !topics.equals(otherTopics);
  }

  private static boolean read(Bytes metadata, Set<String> topics) {
    ByteBuffer buffer = metadata.buffer();
    try {
      WireReader in = new WireReader(buffer);
      if (in.int16() < 0) {
        return false;
      }
      topics.addAll(ConsumerProtocolSubscription.read(in, READ_VERSION).topics());
      return true;
    } catch (WireException _) {
      return false;
    }
  }
}
