package dev.millrace.sim.work;

import dev.millrace.sim.cluster.SimCluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What clients sent and heard. */
public final class History {
  private final SimCluster cluster;
  private final Map<String, Write> writes = new LinkedHashMap<>();
  private final Map<Place, TreeMap<Long, String>> values = new TreeMap<>();
  private final Map<String, Long> positions = new HashMap<>();
  private long acknowledged;

  /** A partition by its name. */
  public record Place(String topic, int index) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byTopic = topic.compareTo(other.topic);
      return byTopic != 0 ? byTopic : Integer.compare(index, other.index);
    }
  }

  /** One record that was sent. */
  public static final class Write {
    public final Place place;
    public final String value;
    private long offset = -1;
    private boolean settled;

    Write(Place place, String value) {
      this.place = place;
      this.value = value;
    }

    /** Where the cluster says that it is; -1 when it did not say. */
    public long offset() {
      return offset;
    }

    /** Whether its fate is told. */
    public boolean isSettled() {
      return settled;
    }
  }

  public History(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** A record is about to be sent. */
  Write sending(Place place, String value) {
    Write write = new Write(place, value);
    writes.put(value, write);
    return write;
  }

  /** It is acknowledged. */
  void acknowledged(Write write, long offset) {
    write.offset = offset;
    write.settled = true;
    acknowledged++;
  }

  /** Nobody knows whether it is there. */
  void failed(Write write) {
    write.settled = true;
  }

  /** A reader that goes through a partition from its beginning saw a record. */
  void read(String reader, Place place, long offset, String value) {
    Long before = positions.put(reader + " " + place.topic + "-" + place.index, offset);
    if (before != null && offset <= before) {
      cluster.broken(
          "reader goes back, reader=" + reader + " " + place + " offset=" + offset + " after="
              + before);
    }
    String known = values.computeIfAbsent(place, at -> new TreeMap<>()).putIfAbsent(offset, value);
    if (known != null && !known.equals(value)) {
      cluster.broken(
          "one offset has two values, " + place + " offset=" + offset + " values=" + known + ","
              + value + " reader=" + reader);
    }
    if (known == null && !writes.containsKey(value)) {
      cluster.broken("nobody wrote this, " + place + " offset=" + offset + " value=" + value);
    }
  }

  /** Records whose acknowledgement a client heard. */
  public long acknowledged() {
    return acknowledged;
  }

  /** Everything that was sent, in its order. */
  public List<Write> writes() {
    return new ArrayList<>(writes.values());
  }

  /** What readers saw, by offset. */
  public Map<Long, String> seen(Place place) {
    return values.getOrDefault(place, new TreeMap<>());
  }

  /** Partitions of which something was seen. */
  public List<Place> places() {
    return List.copyOf(values.keySet());
  }
}
