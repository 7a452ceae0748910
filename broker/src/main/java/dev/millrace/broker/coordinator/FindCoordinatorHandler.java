package dev.millrace.broker.coordinator;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.topic.Deadline;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * FindCoordinator (10), versions 0–6: which broker coordinates a group or a transaction.
 *
 * <p>Kafka answers COORDINATOR_NOT_AVAILABLE while the coordinators' topic is being created, and
 * names a coordinator that still loads. Here the answer waits a moment for both, so that a client
 * that starts first gets through at once; after that moment it is what Kafka would answer.
 *
 * <ul>
 *   <li>0: groups only
 *   <li>1: the kind of what is coordinated (0 group, 1 transaction), a message
 *   <li>4: several keys, each with its own error (KIP-699)
 *   <li>6: share groups (kind 2) (KIP-932)
 * </ul>
 *
 * What is not there yet INVALID_REQUEST says with a message: any retriable error would have clients
 * ask for ever (docs/decisions/0051).
 */
public final class FindCoordinatorHandler implements Handler<FindCoordinatorRequest> {
  /** Longest time that a client waits for the topic, or for a coordinator that loads. */
  static final long WAIT_MS_MAX = 3_000;

  private static final short SEVERAL_SINCE = 4;
  private static final int NO_NODE = -1;

  private final Node node;
  private final List<CoordinatorKind> kinds;

  /** Finds coordinators of these kinds. */
  public FindCoordinatorHandler(Node node, List<CoordinatorKind> kinds) {
    this.node = node;
    this.kinds = List.copyOf(kinds);
  }

  @Override
  public ApiKey key() {
    return ApiKey.FIND_COORDINATOR;
  }

  @Override
  public void handle(Call call, FindCoordinatorRequest request) {
    List<String> keys =
        call.version() >= SEVERAL_SINCE ? request.coordinatorKeys() : List.of(request.key());
    CoordinatorKind kind = kind(request.keyType());
    if (kind == null) {
      String refusal = refusal(request.keyType());
      List<Coordinator> refused =
          keys.stream().map(key -> failed(key, ErrorCode.INVALID_REQUEST, refusal)).toList();
      call.answer(response(call, refused));
      return;
    }
    Runnable give = () -> call.answer(found(call, kind, keys));
    Deadline answer = new Deadline(call.connection().loop(), WAIT_MS_MAX, give);
    if (kind.topic().in(node.image()) == null && !keys.isEmpty()) {
      kind.topic().create(() -> awaitLoaded(kind, keys, answer));
    } else {
      awaitLoaded(kind, keys, answer);
    }
  }

  private @Nullable CoordinatorKind kind(byte id) {
    for (CoordinatorKind kind : kinds) {
      if (kind.id() == id) {
        return kind;
      }
    }
    return null;
  }

  private static String refusal(byte id) {
    return "kind of coordinator is unknown, keyType=" + id;
  }

  /** Runs {@code then} when those of the coordinators that are here have loaded. */
  private void awaitLoaded(CoordinatorKind kind, List<String> keys, Runnable then) {
    TopicImage topic = kind.topic().in(node.image());
    Set<Integer> here = new TreeSet<>();
    for (String key : keys) {
      int index = kind.coordinator().partitionOf(key);
      PartitionImage partition = topic == null ? null : topic.partition(index);
      if (partition != null && partition.leader() == node.id()) {
        here.add(index);
      }
    }
    if (here.isEmpty()) {
      then.run();
      return;
    }
    AtomicInteger missing = new AtomicInteger(here.size());
    for (int index : here) {
      kind.coordinator()
          .whenLoaded(
              index,
              _ -> {
                if (missing.decrementAndGet() == 0) {
                  then.run();
                }
              });
    }
  }

  private FindCoordinatorResponse found(Call call, CoordinatorKind kind, List<String> keys) {
    ClusterImage image = node.image();
    String listener = call.connection().listener();
    return response(call, keys.stream().map(key -> find(key, kind, image, listener)).toList());
  }

  private static Coordinator find(
      String key, CoordinatorKind kind, ClusterImage image, String listener) {
    TopicImage topic = kind.topic().in(image);
    PartitionImage partition =
        topic == null ? null : topic.partition(kind.coordinator().partitionOf(key));
    BrokerImage broker = partition == null ? null : image.broker(partition.leader());
    BrokerEndpoint endpoint = broker == null || broker.fenced() ? null : broker.endpoint(listener);
    if (broker == null || endpoint == null) {
      return failed(
          key, ErrorCode.COORDINATOR_NOT_AVAILABLE, "there is no coordinator at the moment");
    }
    return Coordinator.builder()
        .key(key)
        .nodeId(broker.id())
        .host(endpoint.host())
        .port(endpoint.port())
        .errorMessage("")
        .build();
  }

  private static Coordinator failed(String key, ErrorCode error, String message) {
    return Coordinator.builder()
        .key(key)
        .nodeId(NO_NODE)
        .host("")
        .port(NO_NODE)
        .errorCode(error)
        .errorMessage(message)
        .build();
  }

  private static FindCoordinatorResponse response(Call call, List<Coordinator> found) {
    if (call.version() >= SEVERAL_SINCE) {
      return FindCoordinatorResponse.builder().coordinators(found).build();
    }
    Coordinator only = found.getFirst();
    return FindCoordinatorResponse.builder()
        .errorCode(only.errorCode())
        .errorMessage(only.errorMessage())
        .nodeId(only.nodeId())
        .host(only.host())
        .port(only.port())
        .build();
  }
}
