package dev.millrace.sim.work;

import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.sim.work.History.Place;
import dev.millrace.wire.message.ListOffsetsRequest;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsTopic;
import dev.millrace.wire.message.ListOffsetsResponse;
import dev.millrace.wire.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks leaders again and again where partitions end, for readers of everything and for readers of
 * committed records. A client that never asks in an older leader epoch than it knows of is never
 * told less than before.
 */
public final class EndWatcher {
  private static final int BROKER_PORT = 9092;
  private static final int TIMEOUT_MS = 2_000;
  private static final int PAUSE_MS_MAX = 60;
  private static final long LATEST = -1;

  private final World world;
  private final World.Seat seat;
  private final List<Place> places;
  private final Map<Place, Integer> epochs = new HashMap<>();
  private final Map<Question, Told> told = new HashMap<>();
  private long answers;

  /** What is asked about a partition. */
  private record Question(Place place, boolean isCommittedOnly) {}

  /** What was answered last. */
  private record Told(long offset, int leader, int epoch) {}

  /** Begins at once. */
  public EndWatcher(World world, String name, List<Place> places) {
    this.world = world;
    this.seat = world.seat(name);
    this.places = List.copyOf(places);
    seat.turns().submit(this::look);
  }

  private void later() {
    seat.turns().after(1 + seat.random().nextInt(PAUSE_MS_MAX), this::look);
  }

  private void look() {
    Place place = places.get(seat.random().nextInt(places.size()));
    TopicImage topic = world.cluster().image().topic(place.topic());
    PartitionImage partition = topic == null ? null : topic.partition(place.index());
    if (partition == null || !partition.hasLeader()) {
      later();
      return;
    }
    int epoch = epochs.merge(place, partition.leaderEpoch(), Math::max);
    if (epoch == partition.leaderEpoch()) {
      ask(new Question(place, seat.random().nextBoolean()), partition.leader(), epoch);
    } else {
      later();
    }
  }

  private void ask(Question question, int leader, int epoch) {
    ListOffsetsRequest request =
        ListOffsetsRequest.builder()
            .replicaId(-1)
            .isolationLevel((byte) (question.isCommittedOnly ? 1 : 0))
            .timeoutMs(TIMEOUT_MS)
            .topics(
                List.of(
                    new ListOffsetsTopic(
                        question.place.topic(),
                        List.of(new ListOffsetsPartition(question.place.index(), epoch, LATEST)))))
            .build();
    seat.network()
        .call(
            new Endpoint("node" + leader, BROKER_PORT),
            Lane.GENERAL,
            Exchange.Question.of(request, ListOffsetsResponse::read, TIMEOUT_MS)
                .then(
                    answer -> {
                      heard(
                          question,
                          answer.topics().getFirst().partitions().getFirst(),
                          new Told(-1, leader, epoch));
                      later();
                    },
                    fault -> later()));
  }

  private void heard(Question question, ListOffsetsPartitionResponse answer, Told asked) {
    if (answer.errorCode() != 0) {
      return;
    }
    answers++;
    Told now = new Told(answer.offset(), asked.leader, asked.epoch);
    Told before = told.put(question, now);
    if (before != null && before.offset > now.offset) {
      world
          .cluster()
          .broken("end of a partition went back, " + question + " told=" + before + " now=" + now);
    }
    Told all = told.get(new Question(question.place, false));
    Told committed = told.get(new Question(question.place, true));
    if (!question.isCommittedOnly && committed != null && committed.offset > now.offset) {
      world
          .cluster()
          .broken("committed records end behind all, " + question + " " + committed + " " + all);
    }
  }

  @Override
  public String toString() {
    return seat.name() + " answers=" + answers;
  }
}
