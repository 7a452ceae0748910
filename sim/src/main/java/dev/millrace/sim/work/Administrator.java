package dev.millrace.sim.work;

import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.net.call.Reading;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest.ReassignablePartition;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest.ReassignableTopic;
import dev.millrace.wire.message.AlterPartitionReassignmentsResponse;
import dev.millrace.wire.message.CreatePartitionsRequest;
import dev.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsTopic;
import dev.millrace.wire.message.CreatePartitionsResponse;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.CreateTopicsResponse;
import dev.millrace.wire.message.DeleteTopicsRequest;
import dev.millrace.wire.message.DeleteTopicsRequest.DeleteTopicState;
import dev.millrace.wire.message.DeleteTopicsResponse;
import dev.millrace.wire.message.ElectLeadersRequest;
import dev.millrace.wire.message.ElectLeadersResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Asks any node for changes of the cluster. */
public final class Administrator {
  /** A topic that comes and goes. */
  public static final String PHOENIX = "phoenix";

  /** A topic that gets more partitions, from one on. */
  public static final String GROWING = "growing";

  /** A topic with one partition that has two copies, which move. */
  public static final String MOVING = "moving";

  private static final int GROWN_MAX = 6;
  private static final int CHURN_MS_MAX = 4_000;
  private static final int TIMEOUT_MS = 10_000;
  private static final int PAUSE_MS = 200;

  private final World world;
  private final World.Seat seat;
  private final List<Endpoint> nodes;
  private @Nullable Boolean phoenix;
  private int grown = 1;
  private boolean isDone;

  public Administrator(World world) {
    this.world = world;
    this.seat = world.seat("admin");
    this.nodes = new ArrayList<>();
    world.cluster().machines().forEach(one -> nodes.add(new Endpoint("node" + one.id(), 9092)));
  }

  /** Creates a topic, as often as it takes; {@code created} is run once it is there. */
  public void create(String topic, int partitions, int copies, Runnable created) {
    insist(
        creation(topic, partitions, copies),
        CreateTopicsResponse::read,
        answer -> {
          ErrorCode error = ErrorCode.of(answer.topics().getFirst().errorCode());
          return error == ErrorCode.NONE || error == ErrorCode.TOPIC_ALREADY_EXISTS;
        },
        created);
  }

  private static CreateTopicsRequest creation(String topic, int partitions, int copies) {
    return CreateTopicsRequest.builder()
        .topics(
            List.of(
                CreatableTopic.builder()
                    .name(topic)
                    .numPartitions(partitions)
                    .replicationFactor((short) copies)
                    .build()))
        .timeoutMs(TIMEOUT_MS)
        .build();
  }

  /**
   * Changes topics again and again, one change after the other: one is deleted and made again, one
   * gets more partitions, one gets its copies elsewhere, leaders are put where they belong.
   */
  public void churn() {
    if (world.isOver()) {
      isDone = true;
      return;
    }
    Runnable next = () -> seat.turns().after(seat.random().nextInt(CHURN_MS_MAX), this::churn);
    switch (seat.random().nextInt(5)) {
      case 0, 1 -> recreate(next);
      case 2 -> grow(next);
      case 3 -> move(next);
      default -> elect(next);
    }
  }

  private void recreate(Runnable next) {
    boolean creates = !Boolean.TRUE.equals(phoenix);
    if (creates) {
      phoenix = null;
      ask(
          creation(PHOENIX, 2, 3),
          CreateTopicsResponse::read,
          answer -> {
            if (answer != null) {
              ErrorCode error = ErrorCode.of(answer.topics().getFirst().errorCode());
              phoenix = error == ErrorCode.NONE || error == ErrorCode.TOPIC_ALREADY_EXISTS;
              phoenix = Boolean.TRUE.equals(phoenix) ? phoenix : null;
            }
            next.run();
          });
      return;
    }
    phoenix = null;
    DeleteTopicsRequest request =
        DeleteTopicsRequest.builder()
            .topics(List.of(DeleteTopicState.builder().name(PHOENIX).build()))
            .timeoutMs(TIMEOUT_MS)
            .build();
    ask(
        request,
        DeleteTopicsResponse::read,
        answer -> {
          if (answer != null && answer.responses().getFirst().errorCode() == 0) {
            phoenix = false;
          }
          next.run();
        });
  }

  private void grow(Runnable next) {
    int wanted = grown + 1;
    if (wanted > GROWN_MAX) {
      next.run();
      return;
    }
    CreatePartitionsRequest request =
        CreatePartitionsRequest.builder()
            .topics(List.of(CreatePartitionsTopic.builder().name(GROWING).count(wanted).build()))
            .timeoutMs(TIMEOUT_MS)
            .build();
    ask(
        request,
        CreatePartitionsResponse::read,
        answer -> {
          if (answer != null) {
            ErrorCode error = ErrorCode.of(answer.results().getFirst().errorCode());
            // an answer that was lost may have been this one's
            grown += error == ErrorCode.NONE || error == ErrorCode.INVALID_PARTITIONS ? 1 : 0;
          }
          next.run();
        });
  }

  private void move(Runnable next) {
    int left = 1 + seat.random().nextInt(nodes.size());
    int other = 1 + left % nodes.size();
    AlterPartitionReassignmentsRequest request =
        AlterPartitionReassignmentsRequest.builder()
            .timeoutMs(TIMEOUT_MS)
            .topics(
                List.of(
                    new ReassignableTopic(
                        MOVING, List.of(new ReassignablePartition(0, List.of(left, other))))))
            .build();
    ask(request, AlterPartitionReassignmentsResponse::read, answer -> next.run());
  }

  private void elect(Runnable next) {
    ElectLeadersRequest request =
        ElectLeadersRequest.builder()
            .electionType((byte) 0)
            .topicPartitions(null)
            .timeoutMs(TIMEOUT_MS)
            .build();
    ask(request, ElectLeadersResponse::read, answer -> next.run());
  }

  /** What an answer promised and the cluster does not have. */
  public List<String> broken() {
    List<String> broken = new ArrayList<>();
    boolean isThere = world.cluster().image().topic(PHOENIX) != null;
    if (phoenix != null && phoenix != isThere) {
      broken.add(
          "topic was " + (phoenix ? "created" : "deleted") + " and is not, topic=" + PHOENIX);
    }
    TopicImage growing = world.cluster().image().topic(GROWING);
    if (growing != null && growing.partitionCount() < grown) {
      broken.add("partitions were added and are not there, partitions=" + grown);
    }
    return broken;
  }

  /** Whether it has ended. */
  public boolean isDone() {
    return isDone;
  }

  private <R extends Response> void insist(
      Request request, Reading<R> reading, Predicate<R> isDone, Runnable done) {
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
      Request request, Reading<R> reading, Consumer<@Nullable R> told) {
    Endpoint node = nodes.get(seat.random().nextInt(nodes.size()));
    seat.turns()
        .submit(() ->
            seat.network()
                .call(
                    node,
                    Lane.ADMIN,
                    Question.of(request, reading, TIMEOUT_MS)
                        .then(answer -> told.accept(answer), fault -> told.accept(null))));
  }
}
