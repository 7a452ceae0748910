package dev.millrace.sim.work;

import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.sim.work.History.Place;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchResponse;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks the coordinators of groups again and again what is committed: no commit that was answered is
 * lost. It asks nodes in turn, and passes over who coordinates by an older word than the newest.
 */
public final class CommitWatcher {
  private static final String TOPIC = "__consumer_offsets";
  private static final int BROKER_PORT = 9092;
  private static final int TIMEOUT_MS = 2_000;
  private static final int PAUSE_MS_MAX = 60;
  private static final int BY_NAME = 9;

  private final World world;
  private final World.Seat seat;
  private final List<String> groups;
  private final List<Place> places;
  private long answers;

  /** Begins at once. */
  public CommitWatcher(World world, String name, List<String> groups, List<Place> places) {
    this.world = world;
    this.seat = world.seat(name);
    this.groups = List.copyOf(groups);
    this.places = List.copyOf(places);
    seat.turns().submit(this::look);
  }

  private void later() {
    seat.turns().after(1 + seat.random().nextInt(PAUSE_MS_MAX), this::look);
  }

  private void look() {
    String group = groups.get(seat.random().nextInt(groups.size()));
    TopicImage topic = world.cluster().image().topic(TOPIC);
    int index =
        topic == null ? -1 : (group.hashCode() & Integer.MAX_VALUE) % topic.partitionCount();
    PartitionImage coordinating = topic == null ? null : topic.partition(index);
    if (coordinating == null || !coordinating.hasLeader()) {
      later();
      return;
    }
    Map<Place, Long> floors = new HashMap<>();
    places.forEach(place -> floors.put(place, world.history().floor(group, place)));
    OffsetFetchRequest request =
        OffsetFetchRequest.builder()
            .groups(List.of(OffsetFetchRequestGroup.builder().groupId(group).topics(null).build()))
            .build();
    seat.network()
        .call(
            new Endpoint("node" + coordinating.leader(), BROKER_PORT),
            Lane.GENERAL,
            new Question<>(
                    request.apiKey(),
                    BY_NAME,
                    version -> request,
                    OffsetFetchResponse::read,
                    TIMEOUT_MS)
                .then(
                    answer -> {
                      if (isStill(index, coordinating.leaderEpoch())) {
                        heard(group, floors, answer.groups().getFirst());
                      }
                      later();
                    },
                    fault -> later()));
  }

  private boolean isStill(int index, int leaderEpoch) {
    TopicImage topic = world.cluster().image().topic(TOPIC);
    PartitionImage now = topic == null ? null : topic.partition(index);
    return now != null && now.leaderEpoch() == leaderEpoch;
  }

  private void heard(String group, Map<Place, Long> floors, OffsetFetchResponseGroup answer) {
    if (answer.errorCode() != 0) {
      return;
    }
    answers++;
    Map<Place, Long> committed = new HashMap<>();
    answer
        .topics()
        .forEach(topic ->
            topic
                .partitions()
                .forEach(one ->
                    committed.put(
                        new Place(topic.name(), one.partitionIndex()), one.committedOffset())));
    floors.forEach((place, floor) -> {
      long now = committed.getOrDefault(place, -1L);
      if (now < Math.min(floor, world.history().floor(group, place))) {
        world
            .cluster()
            .broken(
                "commit that was answered is gone, group="
                    + group
                    + " "
                    + place
                    + " committed="
                    + floor
                    + " now="
                    + now);
      }
    });
  }

  @Override
  public String toString() {
    return seat.name() + " answers=" + answers;
  }
}
