package dev.millrace.quorum.image;

import org.jspecify.annotations.Nullable;

/** A thing that dynamic settings are set for: a topic by name, a broker by the text of its id. */
public record ConfigResource(ConfigScope scope, String name) {
  /** All brokers. */
  public static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigScope.BROKER, "");

  public static ConfigResource topic(String name) {
    return new ConfigResource(ConfigScope.TOPIC, name);
  }

  public static ConfigResource broker(int id) {
    return new ConfigResource(ConfigScope.BROKER, Integer.toString(id));
  }

  // Both are written out for the sake of a quick start, as in Uuid.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConfigResource it && scope == it.scope && name.equals(it.name);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + scope.name().hashCode();
  }

  @Override
  public String toString() {
    return scope + ":" + name;
  }
}
