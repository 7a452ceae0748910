package dev.millrace.replica.share;

import java.util.List;

/**
 * What a member says of a run of offsets.
 *
 * @param last inclusive
 * @param types one for all, or one for each offset
 */
public record Acknowledgement(long first, long last, List<AcknowledgeType> types) {
  public Acknowledgement {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("offsets are no range, first=" + first + " last=" + last);
    }
    if (types.size() != 1 && types.size() != last - first + 1) {
      throw new IllegalArgumentException(
          "one type or one for each offset is needed, types=" + types.size());
    }
  }

  /** One type for all offsets. */
  public static Acknowledgement of(long first, long last, AcknowledgeType type) {
    return new Acknowledgement(first, last, List.of(type));
  }

  /** Calls {@code each} with the longest runs of one type, in order. */
  void forEachRun(Run each) {
    if (types.size() == 1) {
      each.accept(first, last, types.getFirst());
      return;
    }
    int from = 0;
    for (int i = 1; i <= types.size(); i++) {
      if (i == types.size() || types.get(i) != types.get(from)) {
        each.accept(first + from, first + i - 1, types.get(from));
        from = i;
      }
    }
  }

  /** A run of offsets with one type. */
  @FunctionalInterface
  interface Run {
    void accept(long first, long last, AcknowledgeType type);
  }
}
