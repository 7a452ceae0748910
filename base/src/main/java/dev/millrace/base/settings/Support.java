package dev.millrace.base.settings;

/** What Millrace makes of a setting that Apache Kafka has. */
public enum Support {
  /** It does what it says. */
  HONOURED,
  /** It belongs to a part that is not there yet: any value is accepted with a warning. */
  LATER,
  /**
   * It tunes a part of Apache Kafka that has no counterpart here: any value is accepted with a
   * warning.
   */
  MOOT,
  /** Another value than the default would promise what is not given: refused. */
  REFUSED
}
