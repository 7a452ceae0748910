package dev.millrace.client.producer;

import dev.millrace.client.ClientException;
import dev.millrace.client.ClusterView;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.call.Topology;
import dev.millrace.wire.ErrorCode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The topics that are written to, and those that records wait for. Safe for any thread. */
final class KnownTopics {
  private final Topology topology;
  private final Awaited awaited;
  private final long blockMs;
  private final Map<String, CompletableFuture<Topic>> waiting = new ConcurrentHashMap<>();

  /**
   * @param blockMs how long a record waits for its topic
   */
  KnownTopics(Topology topology, Awaited awaited, long blockMs) {
    this.topology = topology;
    this.awaited = awaited;
    this.blockMs = blockMs;
    topology.listen(this::learnt);
  }

  /** The topic as it is known now; null when it is not. */
  @Nullable Topic now(String name) {
    return topology.view().topics().get(name);
  }

  /**
   * Asks for a topic and waits for it; in turns of the owner nothing waits.
   *
   * @throws ProducerException.Refused when there is no such topic
   * @throws ProducerException.Retriable when it is not known in time
   */
  Topic await(String name) {
    if (topology.network().turns().inTurn()) {
      want(name);
      throw new ProducerException.Retriable("topic is not known yet, topic=" + name, null);
    }
    CompletableFuture<Topic> known =
        waiting.computeIfAbsent(name, asked -> new CompletableFuture<>());
    want(name);
    return awaited.get(known, "topic " + name, blockMs);
  }

  /** Lets a topic be asked for. */
  void want(String name) {
    topology
        .network()
        .turns()
        .submit(() -> {
          topology.want(name);
          learnt();
        });
  }

  /** Tells those who wait for topics; in the owner's turns. */
  private void learnt() {
    ClusterView view = topology.view();
    waiting.forEach((name, told) -> {
      Topic topic = view.topics().get(name);
      Short error = view.missing().get(name);
      ErrorCode known = error == null ? null : ErrorCode.of(error);
      if (topic != null) {
        waiting.remove(name);
        told.complete(topic);
      } else if (known != null && !ClientException.isPassing(known)) {
        waiting.remove(name);
        told.completeExceptionally(
            new ProducerException.Refused(
                "topic can not be written, topic=" + name + " fault=" + known + advice(known),
                null));
      }
    });
  }

  private static String advice(ErrorCode fault) {
    return switch (fault) {
      case INVALID_TOPIC_EXCEPTION -> ", names have letters, digits, dots, _ and - only";
      case TOPIC_AUTHORIZATION_FAILED -> ", its owner has to allow this user to write";
      default -> "";
    };
  }
}
