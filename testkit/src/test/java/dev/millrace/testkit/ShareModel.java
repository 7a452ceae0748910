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

    /** It was said to be done, and the answer does not tell whether the cluster has heard it. */
    boolean isPerhapsDone;
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
    assertThat(item.isDone).as("done and given again, %s", what).isFalse();
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
  void taken(ShareRecord<?, ?> record, Acknowledgement said) {
    Item item = item(record);
    switch (said) {
      case ACCEPT, REJECT -> {
        assertThat(item.isDone).as("done twice, %s record=%s", at, record).isFalse();
        item.isDone = true;
        item.holder = NOBODY;
      }
      case RELEASE -> item.holder = NOBODY;
      case RENEW -> {
        // it stays with its holder
      }
    }
  }

  /** What a member said came too late, or perhaps not. */
  void refused(ShareRecord<?, ?> record, Acknowledgement said) {
    assertThat(isLoose)
        .as("refused although the lock is held, %s said=%s record=%s", at, said, record)
        .isTrue();
    Item item = item(record);
    item.holder = NOBODY;
    item.isPerhapsDone |= said == Acknowledgement.ACCEPT || said == Acknowledgement.REJECT;
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

  /** Records of which somebody must still hear. */
  long left() {
    return items.values().stream()
        .flatMap(offsets -> offsets.values().stream())
        .filter(item -> !item.isDone && !item.isPerhapsDone)
        .count();
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
