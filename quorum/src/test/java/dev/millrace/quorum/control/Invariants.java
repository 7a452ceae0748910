package dev.millrace.quorum.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds every published image against what must always be true. */
final class Invariants implements ImageListener {
  private final String story;
  private final Set<Uuid> idsDeleted = new HashSet<>();
  private ClusterImage last = ClusterImage.EMPTY;

  Invariants(String story) {
    this.story = story;
  }

  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    checkDelta(delta, image);
    for (TopicImage topic : image.topics().byId().values()) {
      checkTopic(image, topic);
    }
    assertThat(image.topics().idsByName()).as(story).hasSameSizeAs(image.topics().byId());
    for (BrokerImage broker : image.brokers().values()) {
      BrokerImage before = last.broker(broker.id());
      assertThat(broker.epoch()).as(story).isLessThanOrEqualTo(image.offset());
      if (before != null) {
        assertThat(broker.epoch()).as(story).isGreaterThanOrEqualTo(before.epoch());
      }
    }
    assertThat(image.nextProducerId()).as(story).isGreaterThanOrEqualTo(last.nextProducerId());
    assertThat(image.offset()).as(story).isGreaterThanOrEqualTo(last.offset());
    last = image;
  }

  private void checkDelta(ImageDelta delta, ClusterImage image) {
    ImageDelta compared = ImageDelta.between(last, image);
    assertThat(delta.topicsCreated()).as(story).isEqualTo(compared.topicsCreated());
    assertThat(delta.topicsDeleted()).as(story).isEqualTo(compared.topicsDeleted());
    assertThat(delta.partitionsChanged()).as(story).isEqualTo(compared.partitionsChanged());
    assertThat(delta.configsChanged()).as(story).containsAll(compared.configsChanged());
    assertThat(delta.brokersChanged()).as(story).containsAll(compared.brokersChanged());
    idsDeleted.addAll(delta.topicsDeleted().keySet());
    assertThat(Collections.disjoint(delta.topicsCreated(), idsDeleted)).as(story).isTrue();
  }

  private void checkTopic(ClusterImage image, TopicImage topic) {
    assertThat(image.topic(topic.name())).as(story).isEqualTo(topic);
    TopicImage before = last.topic(topic.id());
    int index = 0;
    for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
      assertThat(entry.getKey()).as(story).isEqualTo(index);
      index++;
      checkPartition(image, entry.getValue());
      PartitionImage old = before == null ? null : before.partition(entry.getKey());
      if (old != null && !old.equals(entry.getValue())) {
        checkStep(old, entry.getValue());
      }
    }
  }

  private void checkPartition(ClusterImage image, PartitionImage partition) {
    if (image.featureLevel(Features.ELIGIBLE_LEADER_REPLICAS) == 0) {
      assertThat(partition.isr()).as(story).isNotEmpty();
      assertThat(partition.eligible()).as(story).isEmpty();
    }
    assertThat(partition.replicas()).as(story).containsAll(partition.isr());
    assertThat(partition.replicas()).as(story).containsAll(partition.eligible());
    assertThat(partition.eligible())
        .as(story)
        .doesNotContainAnyElementsOf(
            partition.isr().isEmpty() ? List.of(Integer.MIN_VALUE) : partition.isr());
    assertThat(partition.isr().isEmpty() && partition.hasLeader()).as(story).isFalse();
    assertThat(partition.directories()).as(story).hasSameSizeAs(partition.replicas());
    if (partition.hasLeader()) {
      assertThat(partition.isr()).as(story).contains(partition.leader());
      assertThat(image.brokers()).as(story).containsKey(partition.leader());
    }
  }

  private void checkStep(PartitionImage before, PartitionImage after) {
    assertThat(after.partitionEpoch()).as(story).isGreaterThan(before.partitionEpoch());
    assertThat(after.leaderEpoch()).as(story).isGreaterThanOrEqualTo(before.leaderEpoch());
    if (after.leader() != before.leader()) {
      assertThat(after.leaderEpoch()).as(story).isGreaterThan(before.leaderEpoch());
    }
  }
}
