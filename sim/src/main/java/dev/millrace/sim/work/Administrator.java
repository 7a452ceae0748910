package dev.millrace.sim.work;

import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.CreateTopicsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks any node for changes of the cluster. */
public final class Administrator {
  private static final int TIMEOUT_MS = 10_000;
  private static final int PAUSE_MS = 200;

  private final World world;
  private final World.Seat seat;
  private final List<Endpoint> nodes;

  public Administrator(World world) {
    this.world = world;
    this.seat = world.seat("admin");
    this.nodes = new ArrayList<>();
    world
        .cluster()
        .machines()
        .forEach(one -> nodes.add(new Endpoint("node" + one.id(), 9092)));
  }

  /** Creates a topic, as often as it takes; {@code created} is run once it is there. */
  public void create(String topic, int partitions, Runnable created) {
    CreateTopicsRequest request =
        CreateTopicsRequest.builder()
            .topics(
                List.of(
                    CreatableTopic.builder()
                        .name(topic)
                        .numPartitions(partitions)
                        .replicationFactor((short) Math.min(3, nodes.size()))
                        .build()))
            .timeoutMs(TIMEOUT_MS)
            .build();
    insist(
        request,
        CreateTopicsResponse::read,
        answer -> {
          ErrorCode error = ErrorCode.of(answer.topics().getFirst().errorCode());
          return error == ErrorCode.NONE || error == ErrorCode.TOPIC_ALREADY_EXISTS;
        },
        created);
  }

  private <R extends Response> void insist(
      Request request,
      dev.millrace.net.call.Reading<R> reading,
      java.util.function.Predicate<R> isDone,
      Runnable done) {
    ask(
        request,
        reading,
        answer -> {
          if (answer != null && isDone.test(answer)) {
            done.run();
          } else {
            seat.turns().after(PAUSE_MS, () -> insist(request, reading, isDone, done));
          }
        });
  }

  private <R extends Response> void ask(
      Request request,
      dev.millrace.net.call.Reading<R> reading,
      Consumer<@Nullable R> told) {
    Endpoint node = nodes.get(seat.random().nextInt(nodes.size()));
    seat.turns()
        .submit(() ->
            seat.network()
                .call(
                    node,
                    Lane.ADMIN,
                    Question.of(request, reading, TIMEOUT_MS)
                        .then(told::accept, fault -> told.accept(null))));
  }
}
