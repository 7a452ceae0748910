package dev.millrace.quorum.balance;

/** What is to be spread evenly; the weight says how much it counts beside the others. */
enum Resource {
  REPLICAS(0, "replicas", 1),
  LEADERS(1, "leaderships", 2),
  DISK(2, "disk", 2),
  IN(3, "incoming traffic", 2),
  OUT(4, "outgoing traffic", 2);

  /** Where its amount stands among those of a broker. */
  final int place;

  final String title;
  final double weight;

  Resource(int place, String title, double weight) {
    this.place = place;
    this.title = title;
    this.weight = weight;
  }
}
