package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.TopicPartition;
import dev.millrace.client.share.Acknowledgement;
import dev.millrace.client.share.ShareRecord;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a share group may do with its records: one holder at a time, until it is done; every other
 * end of a lock makes it come again, with a higher number of deliveries.
 */
final class ShareModel {
  private static final int NOBODY = -1;

  private final Map<TopicPartition, TreeMap<Long, Item>> items = new TreeMap<>();
  private final String at;

  /** Whether locks have run out or sessions were lost: records may lie in two members then. */
  private boolean isLoose;

  /** One record. */
  static final class Item {
    int deliveries;
    int holder = NOBODY;
    boolean isDone;

    /** Who said that it is done. */
    int finisher = NOBODY;

    /** It was said to be done, and the answer does not tell whether the cluster has heard it. */
    boolean isPerhapsDone;

    boolean isHeard() {
      return isDone || isPerhapsDone;
    }
  }

  /**
   * @param at for messages: the seed
   */
  ShareModel(String at) {
    this.at = at;
  }

  void produced(TopicPartition partition, long offset) {
    items.computeIfAbsent(partition, p -> new TreeMap<>()).put(offset, new Item());
  }

  /** Locks run out, or the node forgets its sessions. */
  void loosen() {
    isLoose = true;
    all(item -> item.holder = NOBODY);
  }

  /** A member was given a record. */
  void given(int member, ShareRecord<?, ?> record) {
    Item item = item(record);
    String what = at + " member=" + member + " record=" + record;
    if (isLoose && item.isDone && item.finisher == member) {
      // fetched with a new lock while it held the old one, and done by the word on that
      item.deliveries = Math.max(item.deliveries, record.deliveries() + 1);
    }
    if (isStale(item, record)) {
      return;
    }
    assertThat(item.isDone)
        .as("done and given again, before=%d %s", item.deliveries, what)
        .isFalse();
    if (record.deliveries() <= item.deliveries) {
      assertThat(isLoose)
          .as("delivery is not counted, before=%d %s", item.deliveries, what)
          .isTrue();
      return;
    }
    if (!isLoose) {
      assertThat(item.holder).as("given to a second one, %s", what).isEqualTo(NOBODY);
    }
    item.deliveries = record.deliveries();
    item.holder = member;
  }

  /** The cluster has taken what a member said. */
  void taken(int member, ShareRecord<?, ?> record, Acknowledgement said) {
    Item item = item(record);
    if (isStale(item, record)) {
      item.isPerhapsDone |= ends(said); // by a newer lock of the same member
      return;
    }
    switch (said) {
      case ACCEPT, REJECT -> {
        assertThat(item.isDone)
            .as("done twice, before=%d %s record=%s", item.deliveries, at, record)
            .isFalse();
        item.isDone = true;
        item.finisher = member;
        item.holder = NOBODY;
      }
      case RELEASE -> item.holder = NOBODY;
      case RENEW -> {
        // it stays with its holder
      }
    }
  }

  /**
   * Whether it is the copy of a delivery that somebody got again since. A member does not see that
   * its lock ran out, as its own clock stands: it hands out what it fetched before, and hears that
   * all is well when it accepts what is done with and behind the start of the partition.
   */
  private boolean isStale(Item item, ShareRecord<?, ?> record) {
    return isLoose && record.deliveries() < item.deliveries;
  }

  /** What a member said came too late, or perhaps not. */
  void refused(ShareRecord<?, ?> record, Acknowledgement said) {
    assertThat(isLoose)
        .as("refused although the lock is held, %s said=%s record=%s", at, said, record)
        .isTrue();
    Item item = item(record);
    item.holder = NOBODY;
    item.isPerhapsDone |= ends(said);
  }

  private static boolean ends(Acknowledgement said) {
    return said == Acknowledgement.ACCEPT || said == Acknowledgement.REJECT;
  }

  /** A member is gone: others may have what it held. */
  void gone(int member) {
    all(item -> {
      if (item.holder == member) {
        item.holder = NOBODY;
      }
    });
  }

  int deliveries(ShareRecord<?, ?> record) {
    return item(record).deliveries;
  }

  /** Whether nothing is left of which somebody must still hear. */
  boolean isAllHeard() {
    return items.values().stream()
        .allMatch(offsets -> offsets.values().stream().allMatch(Item::isHeard));
  }

  /** What is left, and how often it was delivered. */
  @Override
  public String toString() {
    StringBuilder left = new StringBuilder(at);
    items.forEach((partition, offsets) ->
        offsets.forEach((offset, item) -> {
          if (!item.isHeard()) {
            left.append(' ').append(partition).append(" offset=").append(offset);
            left.append(" deliveries=").append(item.deliveries);
          }
        }));
    return left.toString();
  }

  private void all(java.util.function.Consumer<Item> change) {
    items.values().forEach(offsets -> offsets.values().forEach(change));
  }

  private Item item(ShareRecord<?, ?> record) {
    Item item = items.getOrDefault(record.partition(), new TreeMap<>()).get(record.offset());
    assertThat(item).as("nobody wrote that, %s record=%s", at, record).isNotNull();
    return item;
  }
}
