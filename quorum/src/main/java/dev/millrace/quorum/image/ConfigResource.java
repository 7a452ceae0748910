package dev.millrace.quorum.image;

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

  @Override
  public String toString() {
    return scope + ":" + name;
  }
}
