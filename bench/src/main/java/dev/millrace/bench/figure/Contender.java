package dev.millrace.bench.figure;

/** Who is measured: Apache Kafka and the forms and policies of Millrace. */
public enum Contender {
  /** Apache Kafka with its defaults: acknowledged means in the page cache. */
  APACHE("Apache Kafka"),
  /** The repository's build with {@code millrace.flush.policy=memory}: the same promise. */
  MEMORY("Millrace, page cache"),
  /** The repository's build with its defaults: acknowledged means on disk. */
  FSYNC("Millrace, fsync"),
  /** The shipped form with its defaults. */
  PACKAGED("Millrace, packaged");

  private final String title;

  Contender(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }
}
