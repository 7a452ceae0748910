package dev.millrace.quorum.image;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants of a broker's copies: the dynamic setting {@code millrace.placement} of
 * that broker. It lies in the metadata log, so it outlives every controller and every node.
 */
public enum BrokerWish {
  /** Nothing in particular. */
  NORMAL,
  /** It shall have its part soon: copies move to it. The controller takes the wish back then. */
  FILL,
  /** It shall have nothing: its copies move elsewhere, and it gets no new ones. */
  DRAIN;

  /** The setting's name. */
  public static final String SETTING = "millrace.placement";

  /** The setting's value. */
  public String value() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is wanted of a broker. */
  public static BrokerWish of(ClusterImage image, int broker) {
    return of(image.configs(ConfigResource.broker(broker)).get(SETTING));
  }

  /** What a value of the setting stands for. */
  public static BrokerWish of(@Nullable String value) {
    for (BrokerWish wish : values()) {
      if (wish.value().equals(value)) {
        return wish;
      }
    }
    return NORMAL;
  }

  /** The registered brokers of which this is wanted. */
  public Set<Integer> brokers(ClusterImage image) {
    Set<Integer> brokers = new TreeSet<>();
    for (Integer id : image.brokers().keySet()) {
      if (of(image, id) == this) {
        brokers.add(id);
      }
    }
    return brokers;
  }
}
