package dev.millrace.sim.check;

import dev.millrace.sim.work.History;
import dev.millrace.sim.work.History.Fate;
import dev.millrace.sim.work.History.Place;
import dev.millrace.sim.work.History.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Judges what clients sent and heard, once readers have read everything. */
public final class Judge {
  private final History history;
  private final Map<Place, Set<String>> all = new HashMap<>();

  public Judge(History history) {
    this.history = history;
  }

  /** What is wrong. */
  public List<String> faults() {
    List<String> faults = new ArrayList<>();
    acknowledged(faults);
    for (Place place : history.places()) {
      onceAndInOrder(place, faults);
    }
    transactions(faults);
    return faults;
  }

  /** Whether every record of a partition is in its copy, by one that only committed ones are. */
  public boolean isCopied(Place from, Place to) {
    return history.seen(to).size() == history.seen(from).size();
  }

  /** A copy has what was copied, each record once and in its order. */
  public List<String> copy(Place from, Place to) {
    List<String> wanted = List.copyOf(history.seen(from).values());
    List<String> found = List.copyOf(history.seen(to).values());
    for (int i = 0; i < Math.max(wanted.size(), found.size()); i++) {
      String left = i < wanted.size() ? wanted.get(i) : "nothing";
      String right = i < found.size() ? found.get(i) : "nothing";
      if (!left.equals(right)) {
        return List.of(
            "copy is not what was copied, "
                + from
                + " records="
                + wanted.size()
                + " copies="
                + found.size()
                + " differ at="
                + i
                + " wanted="
                + left
                + " found="
                + right);
      }
    }
    return List.of();
  }

  /** Records of a partition that no member of a group was given. */
  public List<String> skipped(String group, Place place) {
    return history.seen(place).keySet().stream()
        .filter(offset -> !history.isDelivered(group, place, offset))
        .map(offset -> "record was skipped, group=" + group + " " + place + " offset=" + offset)
        .limit(3)
        .toList();
  }

  /** All of a transaction is there, or nothing. */
  private void transactions(List<String> faults) {
    history
        .transactions()
        .forEach((name, transaction) -> {
          long there =
              transaction.values.entrySet().stream()
                  .filter(each -> isSeen(each.getKey(), each.getValue()))
                  .count();
          boolean isTorn = there != 0 && there != transaction.values.size();
          boolean isLost = transaction.fate() == Fate.COMMITTED && there == 0;
          boolean isBack = transaction.fate() == Fate.ABORTED && there != 0;
          if (isTorn || isLost || isBack) {
            faults.add(
                "transaction="
                    + name
                    + " told="
                    + transaction.fate()
                    + " records="
                    + transaction.values.size()
                    + " seen="
                    + there);
          }
        });
  }

  private boolean isSeen(Place place, String value) {
    return all.computeIfAbsent(place, at -> new HashSet<>(history.seen(at).values()))
        .contains(value);
  }

  /** What a client was told is there, where it was told. */
  private void acknowledged(List<String> faults) {
    for (Write write : history.writes()) {
      if (write.offset() >= 0) {
        String found = history.seen(write.place).get(write.offset());
        if (!write.value.equals(found)) {
          faults.add(
              "acknowledged record is not there, "
                  + write.place
                  + " offset="
                  + write.offset()
                  + " value="
                  + write.value
                  + " found="
                  + found);
        }
      }
    }
  }

  /** A value is there once, and the values of one producer in the order of their numbers. */
  private void onceAndInOrder(Place place, List<String> faults) {
    Set<String> seen = new HashSet<>();
    Map<String, Integer> last = new HashMap<>();
    history
        .seen(place)
        .forEach((offset, value) -> {
          if (!seen.add(value)) {
            faults.add("record is there twice, " + place + " offset=" + offset + " value=" + value);
          }
          int dash = value.lastIndexOf('-');
          int number = Integer.parseInt(value.substring(dash + 1));
          Integer before = last.put(value.substring(0, dash), number);
          if (before != null && before > number) {
            faults.add(
                "record is out of order, "
                    + place
                    + " offset="
                    + offset
                    + " value="
                    + value
                    + " after="
                    + before);
          }
        });
  }
}
