package dev.millrace.wiregen;

/** A closed range of versions; empty when the lowest is above the highest. */
record Versions(int lowest, int highest) {
  static final Versions NONE = new Versions(0, -1);

  /** Reads {@code "3"}, {@code "1-4"}, {@code "2+"} or {@code "none"}. */
  static Versions parse(String text) {
    String trimmed = text.trim();
    if (trimmed.isEmpty() || trimmed.equals("none")) {
      return NONE;
    }
    if (trimmed.endsWith("+")) {
      return new Versions(
          Integer.parseInt(trimmed.substring(0, trimmed.length() - 1)), Short.MAX_VALUE);
    }
    int dash = trimmed.indexOf('-');
    if (dash < 0) {
      int only = Integer.parseInt(trimmed);
      return new Versions(only, only);
    }
    return new Versions(
        Integer.parseInt(trimmed.substring(0, dash)),
        Integer.parseInt(trimmed.substring(dash + 1)));
  }

  boolean isEmpty() {
    return lowest > highest;
  }

  boolean contains(Versions other) {
    return other.isEmpty() || (lowest <= other.lowest && other.highest <= highest);
  }

  Versions and(Versions other) {
    Versions both = new Versions(Math.max(lowest, other.lowest), Math.min(highest, other.highest));
    return both.isEmpty() ? NONE : both;
  }

  /**
   * The Java condition that holds for these versions, given that the version is within {@code all}.
   */
  String condition(Versions all) {
    Versions here = and(all);
    if (here.isEmpty()) {
      return "false";
    }
    boolean from = here.lowest > all.lowest;
    boolean to = here.highest < all.highest;
    if (from && to) {
      return here.lowest == here.highest
          ? "version == " + here.lowest
          : "version >= " + here.lowest + " && version <= " + here.highest;
    }
    if (from) {
      return "version >= " + here.lowest;
    }
    return to ? "version <= " + here.highest : "true";
  }
}
