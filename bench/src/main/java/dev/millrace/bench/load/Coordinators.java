package dev.millrace.bench.load;

import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;

/** Who coordinates what, asked of any node. */
public final class Coordinators {
  /** The last version with one key. */
  private static final short VERSION = 3;

  private static final long LOOK_MS = 20;
  private static final int NAMES_MAX = 500;

  private Coordinators() {}

  /** Nothing when nobody does for the moment. */
  static Optional<Node> find(BrokerSocket any, CoordinatorType type, String key)
      throws IOException {
    FindCoordinatorRequest request =
        new FindCoordinatorRequest.Builder(
                new FindCoordinatorRequestData().setKey(key).setKeyType(type.id()))
            .build(VERSION);
    FindCoordinatorResponse answer =
        (FindCoordinatorResponse) any.call(ApiKeys.FIND_COORDINATOR, request);
    return answer.error() == Errors.NONE ? Optional.of(answer.node()) : Optional.empty();
  }

  /** A group that a node coordinates. */
  public static String groupOf(int node, int port, double timeoutSeconds) {
    return nameOf(CoordinatorType.GROUP, node, port, timeoutSeconds);
  }

  /** A transactional id that a node coordinates. */
  public static String transactionOf(int node, int port, double timeoutSeconds) {
    return nameOf(CoordinatorType.TRANSACTION, node, port, timeoutSeconds);
  }

  private static String nameOf(CoordinatorType type, int node, int port, double timeoutSeconds) {
    long deadline = System.nanoTime() + (long) (timeoutSeconds * 1e9);
    while (System.nanoTime() < deadline) {
      try (BrokerSocket socket = new BrokerSocket(port)) {
        for (int i = 0; i < NAMES_MAX; i++) {
          String name = "probe-" + i;
          if (find(socket, type, name).filter(found -> found.id() == node).isPresent()) {
            return name;
          }
        }
      } catch (IOException e) {
        // asked again after the pause
      }
      Pause.millis(LOOK_MS);
    }
    throw new IllegalStateException("coordinates nothing, node=" + node + " type=" + type);
  }
}
