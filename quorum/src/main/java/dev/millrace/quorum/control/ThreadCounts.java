package dev.millrace.quorum.control;

import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of threads are changed in small steps while brokers run: at most doubled, at most halved.
 * That is Apache Kafka's rule, and keeps a slip of the finger from asking for a thousand of them;
 * scripts that were tried against one are refused by the other as well.
 */
final class ThreadCounts {
  private static final int STEP = 2;
  private static final List<String> NAMES =
      List.of(
          "background.threads",
          "log.cleaner.threads",
          "num.io.threads",
          "num.network.threads",
          "num.recovery.threads.per.data.dir",
          "num.replica.fetchers");

  private ThreadCounts() {}

  /** Whether a broker, or all of them, may go from what they have to {@code after}. */
  static void check(Rules rules, ConfigResource resource, Map<String, String> after) {
    if (resource.scope() != ConfigScope.BROKER) {
      return;
    }
    for (String name : NAMES) {
      String wanted = after.get(name);
      if (wanted != null) {
        check(name, Integer.parseInt(wanted.strip()), current(rules, resource, name));
      }
    }
  }

  private static void check(String name, int wanted, int current) {
    if (wanted > (long) STEP * Math.max(1, current) || wanted < current / STEP) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST,
          name
              + "="
              + wanted
              + " is too far from what brokers have, current="
              + current
              + "; at most double or halve it at once");
    }
  }

  private static int current(Rules rules, ConfigResource resource, String name) {
    ClusterImage image = rules.image();
    String own = value(image, resource, name);
    String all = own == null ? value(image, ConfigResource.ALL_BROKERS, name) : own;
    return all == null ? rules.settings().intValue(name) : Integer.parseInt(all.strip());
  }

  private static @Nullable String value(ClusterImage image, ConfigResource resource, String name) {
    return image.configs(resource).get(name);
  }
}
