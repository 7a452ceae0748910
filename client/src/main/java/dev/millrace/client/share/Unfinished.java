package dev.millrace.client.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.ConsumerException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records that were handed out, and what was said of them. Belongs to the polling thread. */
final class Unfinished {
  private final Map<TopicPartition, TreeMap<Long, Given>> given = new TreeMap<>();

  /** A record that was handed out. */
  private static final class Given {
    final ShareSession session;
    final Uuid topicId;

    /** What was said and not sent yet; null when nothing was. */
    @Nullable Byte said;

    /** Whether it was renewed: the next poll does not ask for more to be said. */
    boolean isRenewed;

    Given(ShareSession session, Uuid topicId) {
      this.session = session;
      this.topicId = topicId;
    }
  }

  /** One request's worth: offsets of a partition from one session. */
  private record Way(ShareSession session, TopicPartition partition, Uuid topicId) {}

  void add(Acquired from, long offset) {
    given
        .computeIfAbsent(from.partition, partition -> new TreeMap<>())
        .put(offset, new Given(from.session, from.topicId));
  }

  /** Says something of an offset that is not handed out. */
  void say(Acquired from, long offset, byte type) {
    Given silent = new Given(from.session, from.topicId);
    silent.said = type;
    given.computeIfAbsent(from.partition, partition -> new TreeMap<>()).put(offset, silent);
  }

  void say(TopicPartition partition, long offset, Acknowledgement said) {
    Given mine = given.getOrDefault(partition, new TreeMap<>()).get(offset);
    if (mine == null) {
      throw new IllegalStateException(
          "this consumer does not have the record, or it was acknowledged before, partition="
              + partition
              + " offset="
              + offset);
    }
    mine.said = said.type();
  }

  void acceptAll() {
    given
        .values()
        .forEach(offsets ->
            offsets
                .values()
                .forEach(each ->
                    each.said = each.said == null ? Acknowledgement.ACCEPT.type() : each.said));
  }

  /**
   * @throws IllegalStateException when something was not said of every record
   */
  void checkAllSaid() {
    long silent =
        given.values().stream()
            .flatMap(offsets -> offsets.values().stream())
            .filter(each -> each.said == null && !each.isRenewed)
            .count();
    if (silent > 0) {
      throw new IllegalStateException(
          "acknowledge every record of the last poll before the next, missing=" + silent);
    }
  }

  /**
   * Takes what was said; renewed records stay.
   *
   * @param told makes who hears of a partition's offsets
   */
  List<Acks> takeSaid(
      BiFunction<Set<Long>, TopicPartition, Consumer<@Nullable ConsumerException>> told) {
    Map<Way, TreeMap<Long, Byte>> ways = new HashMap<>();
    given.forEach((partition, offsets) ->
        offsets.forEach((offset, each) -> {
          Byte said = each.said;
          if (said != null) {
            ways.computeIfAbsent(
                    new Way(each.session, partition, each.topicId), way -> new TreeMap<>())
                .put(offset, said);
          }
        }));
    List<Acks> acks = new ArrayList<>();
    ways.forEach((way, types) -> {
      forget(way.partition, types);
      Set<Long> offsets = new TreeSet<>();
      types.forEach((offset, type) -> {
        if (type != Acknowledgement.GAP) {
          offsets.add(offset);
        }
      });
      acks.add(
          new Acks(
              way.session, way.partition, way.topicId, types, told.apply(offsets, way.partition)));
    });
    return acks;
  }

  private void forget(TopicPartition partition, Map<Long, Byte> types) {
    Map<Long, Given> offsets = given.getOrDefault(partition, new TreeMap<>());
    types.forEach((offset, type) -> {
      Given each = offsets.get(offset);
      if (each != null && type == Acknowledgement.RENEW.type()) {
        each.said = null;
        each.isRenewed = true;
      } else {
        offsets.remove(offset);
      }
    });
    if (offsets.isEmpty()) {
      given.remove(partition);
    }
  }

  void clear() {
    given.clear();
  }
}
