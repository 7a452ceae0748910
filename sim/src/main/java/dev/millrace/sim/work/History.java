package dev.millrace.sim.work;

import dev.millrace.sim.cluster.SimCluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What clients sent and heard. */
public final class History {
  private final SimCluster cluster;
  private final Map<String, Write> writes = new LinkedHashMap<>();
  private final Map<Place, TreeMap<Long, String>> values = new TreeMap<>();
  private final Map<String, Long> positions = new HashMap<>();
  private final Map<String, Transaction> transactions = new LinkedHashMap<>();
  private final Map<String, Set<String>> delivered = new TreeMap<>();
  private final Map<Committed, Long> floors = new HashMap<>();
  private final Map<Ownership, String> owners = new HashMap<>();
  private final Set<String> spoilt = new HashSet<>();
  private long acknowledged;

  /** A partition by its name. */
  public record Place(String topic, int index) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byTopic = topic.compareTo(other.topic);
      return byTopic != 0 ? byTopic : Integer.compare(index, other.index);
    }
  }

  /** Where a group goes on in a partition. */
  private record Committed(String group, Place place) {}

  /** Who has a partition in a generation of its group. */
  private record Ownership(String group, int generation, Place place) {}

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

  /** What became of a transaction. */
  public enum Fate {
    UNKNOWN,
    COMMITTED,
    ABORTED
  }

  /** Values that belong together. */
  public static final class Transaction {
    public final Map<Place, String> values;
    private Fate fate = Fate.UNKNOWN;

    Transaction(Map<Place, String> values) {
      this.values = values;
    }

    void ended(Fate how) {
      fate = how;
    }

    public Fate fate() {
      return fate;
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

  /** A transaction begins, with these values in these places. */
  Transaction begin(String name, Map<Place, String> values) {
    Transaction transaction = new Transaction(values);
    transactions.put(name, transaction);
    values.forEach((place, value) -> writes.put(value, new Write(place, value)));
    return transaction;
  }

  /** By their names. */
  public Map<String, Transaction> transactions() {
    return transactions;
  }

  /** A member of a group was given a record. */
  void delivered(String group, Place place, long offset) {
    delivered.computeIfAbsent(group, name -> new HashSet<>()).add(place + "@" + offset);
  }

  /** A commit of a member was answered well, soon after it was sent. */
  void committed(String group, Place place, long offset) {
    floors.merge(new Committed(group, place), offset, Math::max);
  }

  /** Nobody knows whether a commit counts, or when it will. */
  void mayHaveCommitted(String group, Place place, long offset) {
    floors.computeIfPresent(new Committed(group, place), (at, floor) -> Math.min(floor, offset));
  }

  /** Before this offset a group never goes on in a partition; -1 for no commit. */
  long floor(String group, Place place) {
    return floors.getOrDefault(new Committed(group, place), -1L);
  }

  /** A member that was given a partition begins to read it. */
  void goesOn(String group, Place place, long offset, long floor) {
    if (offset < floor) {
      cluster.broken(
          "group goes on before a commit that was answered, group="
              + group
              + " "
              + place
              + " offset="
              + offset
              + " committed="
              + floor);
    }
  }

  /** A member has a partition, in a generation or member epoch. */
  void owns(String group, int generation, Place place, String member) {
    String other = owners.putIfAbsent(new Ownership(group, generation, place), member);
    if (other != null && !other.equals(member)) {
      cluster.broken(
          "two members have a partition in one generation, group="
              + group
              + " generation="
              + generation
              + " "
              + place
              + " members="
              + other
              + ","
              + member);
    }
  }

  /** Groups of which a member was given something. */
  public Set<String> groups() {
    return delivered.keySet();
  }

  /** Whether a group was given a record. */
  public boolean isDelivered(String group, Place place, long offset) {
    return delivered.getOrDefault(group, Set.of()).contains(place + "@" + offset);
  }

  /** Something is about to be written that must not be seen. */
  void spoiled(String value) {
    spoilt.add(value);
  }

  /** A reader that goes through a partition from its beginning saw a record. */
  void read(String reader, Place place, long offset, String value) {
    Long before = positions.put(reader + " " + place.topic + "-" + place.index, offset);
    if (before != null && offset <= before) {
      cluster.broken(
          "reader goes back, reader="
              + reader
              + " "
              + place
              + " offset="
              + offset
              + " after="
              + before);
    }
    String known = values.computeIfAbsent(place, at -> new TreeMap<>()).putIfAbsent(offset, value);
    if (known != null && !known.equals(value)) {
      cluster.broken(
          "one offset has two values, "
              + place
              + " offset="
              + offset
              + " values="
              + known
              + ","
              + value
              + " reader="
              + reader);
    }
    if (spoilt.contains(value)) {
      cluster.broken(
          "aborted record is read, "
              + place
              + " offset="
              + offset
              + " value="
              + value
              + " reader="
              + reader);
    } else if (known == null && !writes.containsKey(value)) {
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
