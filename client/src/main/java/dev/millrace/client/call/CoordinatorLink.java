package dev.millrace.client.call;

import dev.millrace.client.ClientException;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to the coordinator of one group or transactional id, found when it is needed. In turns.
 */
public final class CoordinatorLink {
  private static final int FIND_BATCHED = 4;

  private final Topology topology;
  private final Kind kind;
  private final String key;
  private final int requestTimeoutMs;
  private final List<Waiting> waiting = new ArrayList<>();
  private @Nullable Endpoint coordinator;
  private boolean finding;

  /** A call that waits for the coordinator to be found. */
  private record Waiting(Consumer<Endpoint> go, Consumer<ClientException> giveUp) {}

  /** What a coordinator looks after; its place is its number in the protocol. */
  public enum Kind {
    GROUP(0),
    TRANSACTION(1);

    private final byte keyType;

    Kind(int keyType) {
      this.keyType = (byte) keyType;
    }
  }

  public CoordinatorLink(Topology topology, Kind kind, String key, int requestTimeoutMs) {
    this.topology = topology;
    this.kind = kind;
    this.key = key;
    this.requestTimeoutMs = requestTimeoutMs;
  }

  /** The way to a group's coordinator. */
  public static CoordinatorLink ofGroup(Topology topology, String group, int requestTimeoutMs) {
    return new CoordinatorLink(topology, Kind.GROUP, group, requestTimeoutMs);
  }

  /** The group or transactional id. */
  public String key() {
    return key;
  }

  /** Asks the coordinator; the answer comes behind those of earlier calls. */
  public <R extends Response> void call(
      Question<R> question, Consumer<R> answered, Consumer<ClientException> failed) {
    call(Lane.GROUP, question, answered, failed);
  }

  /**
   * The same on a connection of its own, past a join that waits for the group's slowest member: a
   * commit behind it would carry the generation that is over, and who leaves would stay a member.
   */
  public <R extends Response> void callAside(
      Question<R> question, Consumer<R> answered, Consumer<ClientException> failed) {
    call(Lane.GENERAL, question, answered, failed);
  }

  private <R extends Response> void call(
      Lane lane, Question<R> question, Consumer<R> answered, Consumer<ClientException> failed) {
    Consumer<ClientException> lost =
        e -> {
          if (e.mayPass()) {
            forget();
          }
          failed.accept(e);
        };
    Exchange<R> exchange = question.then(answered, Faults.told(lost));
    waiting.add(new Waiting(endpoint -> topology.network().call(endpoint, lane, exchange), failed));
    if (coordinator != null) {
      go(coordinator);
    } else if (!finding) {
      find();
    }
  }

  /**
   * Looks at an error of an answer: when it says that the coordinator is another one, it is looked
   * for anew.
   */
  public void look(@Nullable ErrorCode error) {
    if (error == ErrorCode.NOT_COORDINATOR || error == ErrorCode.COORDINATOR_NOT_AVAILABLE) {
      forget();
    }
  }

  private void forget() {
    coordinator = null;
  }

  private void find() {
    finding = true;
    topology.callAny(
        new Question<>(
                ApiKey.FIND_COORDINATOR,
                Short.MAX_VALUE,
                this::question,
                FindCoordinatorResponse::read,
                requestTimeoutMs)
            .then(this::found, Faults.told(this::notFound)));
  }

  private Request question(int version) {
    FindCoordinatorRequest.Builder request = FindCoordinatorRequest.builder().keyType(kind.keyType);
    return version >= FIND_BATCHED
        ? request.coordinatorKeys(List.of(key)).build()
        : request.key(key).build();
  }

  private void found(FindCoordinatorResponse answer) {
    if (!answer.coordinators().isEmpty()) {
      Coordinator first = answer.coordinators().getFirst();
      found(first.errorCode(), first.host(), first.port());
    } else {
      found(answer.errorCode(), answer.host(), answer.port());
    }
  }

  private void found(short error, String host, int port) {
    if (error != ErrorCode.NONE.code()) {
      notFound(
          ClientException.answered(
              error, "coordinator of " + kind.name().toLowerCase(Locale.ROOT) + " " + key, null));
      return;
    }
    finding = false;
    Endpoint endpoint = new Endpoint(host, port);
    coordinator = endpoint;
    go(endpoint);
  }

  private void go(Endpoint endpoint) {
    List<Waiting> ready = List.copyOf(waiting);
    waiting.clear();
    ready.forEach(one -> one.go.accept(endpoint));
  }

  private void notFound(ClientException e) {
    finding = false;
    List<Waiting> lost = List.copyOf(waiting);
    waiting.clear();
    lost.forEach(one -> one.giveUp.accept(e));
  }
}
