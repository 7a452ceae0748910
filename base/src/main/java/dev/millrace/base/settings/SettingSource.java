package dev.millrace.base.settings;

/** Where a value comes from, the strongest first, with its number in DescribeConfigs. */
public enum SettingSource {
  /** Set for a group while the cluster runs. */
  DYNAMIC_GROUP(8),
  /** Wanted of clients' own metrics while the cluster runs. */
  DYNAMIC_CLIENT_METRICS(7),
  /** Set for a topic while the cluster runs. */
  DYNAMIC_TOPIC(1),
  /** Set for one broker while the cluster runs. */
  DYNAMIC_BROKER(2),
  /** Set for all brokers while the cluster runs. */
  DYNAMIC_DEFAULT_BROKER(3),
  /** Written in the file or on the command line. */
  STATIC_BROKER(4),
  /** Built in. */
  DEFAULT(5);

  private final byte number;

  SettingSource(int number) {
    this.number = (byte) number;
  }

  public byte number() {
    return number;
  }
}
