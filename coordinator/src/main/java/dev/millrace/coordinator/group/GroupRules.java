package dev.millrace.coordinator.group;

/** What groups of each kind have to know of the cluster. */
public record GroupRules(
    ConsumerRules consumers, ShareGroupRules shares, StreamsGroupRules streams) {
  /** Kafka's rules, and no topics. */
  public static final GroupRules NONE =
      new GroupRules(ConsumerRules.DEFAULTS, ShareGroupRules.NONE, StreamsGroupRules.NONE);
}
