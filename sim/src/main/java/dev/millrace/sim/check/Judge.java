package dev.millrace.sim.check;

import dev.millrace.sim.work.History;
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
    return faults;
  }

  /** What a client was told is there, where it was told. */
  private void acknowledged(List<String> faults) {
    for (Write write : history.writes()) {
      if (write.offset() >= 0) {
        String found = history.seen(write.place).get(write.offset());
        if (!write.value.equals(found)) {
          faults.add(
              "acknowledged record is not there, " + write.place + " offset=" + write.offset()
                  + " value=" + write.value + " found=" + found);
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
                "record is out of order, " + place + " offset=" + offset + " value=" + value
                    + " after=" + before);
          }
        });
  }
}
