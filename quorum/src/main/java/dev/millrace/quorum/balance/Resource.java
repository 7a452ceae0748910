package dev.millrace.quorum.balance;

/** What is to be spread evenly; the weight says how much it counts beside the others. */
enum Resource {
  REPLICAS(0, "replicas", 1, 0),
  LEADERS(1, "leaderships", 2, 0),
  DISK(2, "disk", 2, 64L << 20),
  IN(3, "incoming traffic", 2, 64L << 10),
  OUT(4, "outgoing traffic", 2, 64L << 10);

  /** Where its amount stands among those of a broker. */
  final int place;

  final String title;
  final double weight;

  /**
   * A mean below this is taken for it: where brokers have next to nothing of a resource, twice as
   * much is nothing either, and no reason to copy anything.
   */
  final double meanLeast;

  Resource(int place, String title, double weight, double meanLeast) {
    this.place = place;
    this.title = title;
    this.weight = weight;
    this.meanLeast = meanLeast;
  }
}
