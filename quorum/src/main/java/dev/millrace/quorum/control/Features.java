package dev.millrace.quorum.control;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The features of the cluster and the levels at which this release has them. Clients and tools
 * steer by finalized levels, so a level is listed here only when everything behind it works.
 */
public final class Features {
  /** The name of the level that gates record kinds and what nodes say to each other. */
  public static final String METADATA_VERSION = "metadata.version";

  /** The name of the level that says that who votes on the metadata can change (KIP-853). */
  public static final String KRAFT_VERSION = "kraft.version";

  /** The name of the level that turns eligible leader replicas on (KIP-966). */
  public static final String ELIGIBLE_LEADER_REPLICAS = "eligible.leader.replicas.version";

  /**
   * The name of the level at which share groups can be used (1, KIP-932) and have dead-letter
   * queues (2, KIP-1191). It may come down again: what is on its way to a queue then still gets
   * there.
   */
  public static final String SHARE_VERSION = "share.version";

  /** The name of the level that turns the consumer protocol on (KIP-848). */
  public static final String GROUP_VERSION = "group.version";

  /** The name of the level that turns streams groups on (KIP-1071). */
  public static final String STREAMS_VERSION = "streams.version";

  /**
   * A feature.
   *
   * @param least lowest level that this release can work at
   * @param most highest level; 0 when the feature is not there yet
   * @param initial level of a new cluster
   */
  public record Feature(String name, short least, short most, short initial) {
    Feature(String name, int least, int most, int initial) {
      this(name, (short) least, (short) most, (short) initial);
    }

    /** Whether {@code level} can be finalized. */
    public boolean has(short level) {
      return level == 0 || (level >= least && level <= most);
    }
  }

  private static final List<Feature> ALL =
      List.of(
          new Feature(METADATA_VERSION, 7, 30, 30),
          new Feature(KRAFT_VERSION, 0, 1, 1),
          new Feature("transaction.version", 0, 2, 2),
          new Feature(GROUP_VERSION, 0, 1, 1),
          new Feature(ELIGIBLE_LEADER_REPLICAS, 0, 1, 1),
          new Feature(SHARE_VERSION, 0, 2, 2),
          new Feature(STREAMS_VERSION, 0, 1, 1));

  private Features() {}

  /** Every feature that is known, also those that are not there yet. */
  public static List<Feature> all() {
    return ALL;
  }

  /** Features that a broker can be asked to work with: those with a level above 0. */
  public static List<Feature> supported() {
    return ALL.stream().filter(feature -> feature.most() > 0).toList();
  }

  /**
   * Why this release must not work with a cluster at these levels, for people; null when it may.
   *
   * @param levels finalized levels by name
   */
  public static @Nullable String objection(Map<String, Short> levels) {
    for (Map.Entry<String, Short> level : new TreeMap<>(levels).entrySet()) {
      Feature feature = find(level.getKey());
      if (feature == null || !feature.has(level.getValue())) {
        return "this release is too old for the cluster, which works at "
            + level.getKey()
            + "="
            + level.getValue()
            + ", allowed: "
            + (feature == null ? "nothing" : feature.least() + " to " + feature.most())
            + "; start a newer release";
      }
    }
    return null;
  }

  public static @Nullable Feature find(String name) {
    for (Feature feature : ALL) {
      if (feature.name().equals(name)) {
        return feature;
      }
    }
    return null;
  }
}
