package dev.millrace.quorum.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What must be true of every image of a cluster, and of every step from one to the next. */
final class ClusterInvariants {
  private final String story;
  private final Invariants ordinary;
  private final Set<String> uncleanAllowed = new HashSet<>();
  private final Set<Integer> disksLost = new HashSet<>();
  private final Set<Copy> dead = new HashSet<>();
  private ClusterImage last = ClusterImage.EMPTY;

  /** A partition. */
  private record Copy(Uuid topicId, int index) {}

  ClusterInvariants(String story) {
    this.story = story;
    ordinary = new Invariants(story);
  }

  /** The node that is listened to is a new process: it hears everything from some point on. */
  ImageListener newLife() {
    Invariants fresh = new Invariants(story);
    return (delta, image) -> {
      fresh.changed(delta, image);
      if (image.offset() > last.offset()) {
        check(image);
        last = image;
      }
    };
  }

  void uncleanAllowed(String topic) {
    uncleanAllowed.add(topic);
  }

  void diskLost(int broker) {
    disksLost.add(broker);
  }

  /** Whether every copy that had all records may be gone with a disk. */
  boolean mayBeDead(Uuid topicId, int index) {
    return dead.contains(new Copy(topicId, index));
  }

  private void check(ClusterImage image) {
    for (TopicImage topic : image.topics().byId().values()) {
      for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
        check(image, topic, entry.getKey(), entry.getValue());
      }
    }
  }

  private void check(ClusterImage image, TopicImage topic, int index, PartitionImage now) {
    String where = story + " topic=" + topic.name() + " index=" + index + " now=" + now;
    if (now.hasLeader()) {
      BrokerImage leader = image.broker(now.leader());
      assertThat(leader != null && leader.isActive()).as(where).isTrue();
      assertThat(leader != null && leader.isOnline(now.directoryOf(now.leader())))
          .as(where)
          .isTrue();
    }
    if (image.featureLevel(Features.ELIGIBLE_LEADER_REPLICAS) > 0) {
      for (int replica : now.isr()) {
        assertThat(image.isActive(replica)).as(where + " member=" + replica).isTrue();
      }
      if (now.isr().isEmpty() && now.eligible().isEmpty()) {
        dead.add(new Copy(topic.id(), index));
      }
    } else if (now.isr().stream().anyMatch(disksLost::contains)) {
      dead.add(new Copy(topic.id(), index));
    }
    PartitionImage before = last.partition(topic.id(), index);
    if (before != null && !before.equals(now)) {
      checkBegunAnew(image, before, now, where + " before=" + before);
      checkStep(topic, before, now, where + " before=" + before);
    }
  }

  /** A copy that turns up elsewhere, while the directory it was in is gone, is empty. */
  private void checkBegunAnew(
      ClusterImage image, PartitionImage before, PartitionImage now, String where) {
    if (image.featureLevel(Features.ELIGIBLE_LEADER_REPLICAS) == 0 || !isOneStep(before, now)) {
      return; // a node that was brought up by a snapshot sees several steps as one
    }
    for (int replica : now.replicas()) {
      BrokerImage broker = image.broker(replica);
      Uuid then = before.directoryOf(replica);
      boolean moved = before.replicas().contains(replica) && !now.directoryOf(replica).equals(then);
      if (moved && broker != null && !broker.isOnline(then) && now.leader() != replica) {
        assertThat(now.isr()).as(where).doesNotContain(replica);
        assertThat(now.eligible()).as(where).doesNotContain(replica);
      }
    }
  }

  private void checkStep(
      TopicImage topic, PartitionImage before, PartitionImage now, String where) {
    if (!now.replicas().containsAll(before.replicas())) {
      assertThat(now.leaderEpoch()).as(where).isGreaterThan(before.leaderEpoch());
    }
    boolean arrived = now.replicas().containsAll(before.reassignment().adding());
    if (before.isMoving() && !now.isMoving() && arrived && isOneStep(before, now)) {
      assertThat(now.isr()).as(where).containsAll(before.reassignment().adding());
    }
    if (!isOneStep(before, now)) {
      return;
    }
    Set<Integer> complete = new HashSet<>(before.isr());
    complete.addAll(before.eligible());
    if (now.recovery() != 0 && now.leaderEpoch() != before.leaderEpoch()) {
      boolean known =
          complete.contains(now.leader()) || before.lastEligible().contains(now.leader());
      boolean still = !now.hasLeader() || known;
      assertThat(still || uncleanAllowed.contains(topic.name())).as(where).isTrue();
      return;
    }
    boolean elected = now.hasLeader() && now.leaderEpoch() != before.leaderEpoch();
    if (elected && before.leader() != now.leader() && !now.isMoving() && !before.isMoving()) {
      assertThat(complete).as(where).contains(now.leader());
    }
    if (!complete.isEmpty() && now.isr().isEmpty() && now.eligible().isEmpty()) {
      assertThat(disksLost)
          .as(where + " the last copy is given up")
          .containsAnyElementsOf(complete);
    }
  }

  private static boolean isOneStep(PartitionImage before, PartitionImage now) {
    return now.partitionEpoch() == before.partitionEpoch() + 1;
  }
}
