package dev.millrace.coordinator.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.TopicCatalog.Topic;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue;
import dev.millrace.coordinator.record.ConsumerGroupRegularExpressionValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which topics members read: those they name, and those that their expressions stand for. */
final class Subscriptions {
  private Subscriptions() {}

  /** The topics of a member that exist, sorted by their ids. */
  static SortedSet<Uuid> topics(
      ConsumerGroup group, ConsumerGroupMemberMetadataValue profile, TopicCatalog catalog) {
    SortedSet<Uuid> topics = new TreeSet<>();
    add(profile.subscribedTopicNames(), catalog, topics);
    String regex = profile.subscribedTopicRegex();
    if (regex != null && !regex.isEmpty()) {
      add(resolved(group, regex), catalog, topics);
    }
    return Collections.unmodifiableSortedSet(topics);
  }

  private static void add(List<String> names, TopicCatalog catalog, SortedSet<Uuid> topics) {
    for (String name : names) {
      Topic topic = catalog.find(name);
      if (topic != null) {
        topics.add(topic.id());
      }
    }
  }

  private static List<String> resolved(ConsumerGroup group, String regex) {
    ConsumerGroupRegularExpressionValue resolved = group.regexes().get(regex);
    return resolved == null ? List.of() : resolved.topics();
  }

  /**
   * A number that changes when the topics that a group reads change: which of them there are, their
   * ids and partitions. 0 when there are none.
   */
  static long metadataHash(ConsumerGroup group, TopicCatalog catalog) {
    SortedSet<String> names = new TreeSet<>(group.census().names().keySet());
    for (String regex : group.census().regexes().keySet()) {
      names.addAll(resolved(group, regex));
    }
    TopicsHash hash = new TopicsHash();
    for (String name : names) {
      Topic topic = catalog.find(name);
      if (topic != null) {
        hash.add(topic.id()).add(topic.partitions());
      }
    }
    return hash.value();
  }

  // Expressions

  /** What is wrong with an expression (RE2 syntax), or null when nothing is. */
  static @Nullable String fault(String regex) {
    String size = ExpressionSize.fault(regex);
    if (size != null) {
      return size;
    }
    try {
      Pattern.compile(regex);
      return null;
    } catch (PatternSyntaxException fault) {
      return fault.getDescription();
    }
  }

  /**
   * Brings a group's expressions up to date: each that a member subscribes to is resolved, and
   * those that nobody does are forgotten.
   */
  static void refresh(Draft draft, TopicCatalog catalog, long nowMs) {
    ConsumerGroup group = draft.group();
    for (String regex : List.copyOf(group.regexes().keySet())) {
      if (!group.census().regexes().containsKey(regex)) {
        draft.regex(regex, null);
      }
    }
    for (String regex : group.census().regexes().keySet()) {
      ConsumerGroupRegularExpressionValue before = group.regexes().get(regex);
      List<String> topics = matches(regex, catalog);
      if (before == null || !before.topics().equals(topics)) {
        draft.regex(regex, resolution(topics, before, nowMs));
      }
    }
  }

  /** Resolves what is new and forgets what is gone; the rest stays as it is. */
  static void resolveNew(Draft draft, TopicCatalog catalog, long nowMs) {
    ConsumerGroup group = draft.group();
    boolean asResolved = group.regexes().keySet().equals(group.census().regexes().keySet());
    if (!asResolved) {
      refresh(draft, catalog, nowMs);
    }
  }

  private static ConsumerGroupRegularExpressionValue resolution(
      List<String> topics, @Nullable ConsumerGroupRegularExpressionValue before, long nowMs) {
    return ConsumerGroupRegularExpressionValue.builder()
        .topics(topics)
        .versionValue(before == null ? 1 : before.versionValue() + 1)
        .timestamp(nowMs)
        .build();
  }

  /**
   * All of a name must match. An expression from an older release that is wrong matches nothing.
   */
  private static List<String> matches(String regex, TopicCatalog catalog) {
    if (fault(regex) != null) {
      return List.of();
    }
    Pattern pattern = Pattern.compile(regex);
    List<String> names = new ArrayList<>();
    for (String name : catalog.names()) {
      if (pattern.matcher(name).matches()) {
        names.add(name);
      }
    }
    Collections.sort(names);
    return List.copyOf(names);
  }
}
