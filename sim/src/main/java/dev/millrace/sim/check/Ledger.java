package dev.millrace.sim.check;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadResult;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.sim.cluster.Life;
import dev.millrace.sim.cluster.Machine;
import dev.millrace.sim.cluster.Observer;
import dev.millrace.sim.cluster.SimCluster;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What is below the high watermarks, once seen there on any copy: it never changes. And what nodes
 * acknowledged: it is there in the end, and in one leader epoch one node acknowledges.
 */
public final class Ledger {
  private static final int READ_BYTES = 1 << 20;

  private final SimCluster cluster;
  private final Map<Id, Known> partitions = new HashMap<>();
  private final Map<Looked, Long> looked = new HashMap<>();
  private long acknowledged;

  /** A partition that no other one is ever taken for. */
  private record Id(Uuid topicId, int index) {}

  /** A copy in one life of its node. */
  private record Looked(Id id, int node, int life) {}

  /** A batch. */
  private record Batch(int crc, long lastOffset, int epoch, String where) {}

  /** An acknowledgement. */
  private record Promise(Observer.Sent sent, int node, long atMs) {}

  /** One partition. */
  private static final class Known {
    final TreeMap<Long, Batch> batches = new TreeMap<>();
    final Map<Long, Integer> records = new HashMap<>();
    final TreeMap<Long, Promise> promises = new TreeMap<>();
    final Map<Integer, Integer> leaders = new HashMap<>();
  }

  public Ledger(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** Records acknowledged by nodes, whether a client heard of it or not. */
  public long acknowledged() {
    return acknowledged;
  }

  /** A node acknowledged a batch. */
  public void acknowledged(int node, Observer.Sent sent, long baseOffset) {
    Known known = known(new Id(sent.topicId(), sent.index()));
    acknowledged += sent.values().size();
    Integer other =
        sent.leaderEpoch() < 0 ? null : known.leaders.putIfAbsent(sent.leaderEpoch(), node);
    if (other != null && other != node) {
      cluster.broken(
          "two nodes acknowledge in one leader epoch, nodes=" + other + "," + node + " " + sent);
    }
    Promise before =
        known.promises.putIfAbsent(
            baseOffset,
            new Promise(sent, node, cluster.owners().clock().elapsedNanos() / 1_000_000));
    if (before != null && before.sent.crc() != sent.crc()) {
      cluster.broken(
          "one offset is acknowledged for two batches, offset="
              + baseOffset
              + " sent="
              + before.sent
              + " and "
              + sent
              + " by node="
              + node);
    }
    Batch there = known.batches.get(baseOffset);
    if (there != null && there.crc != sent.crc()) {
      cluster.broken(
          "acknowledged is another batch than there was, offset="
              + baseOffset
              + " sent="
              + sent
              + " there="
              + there);
    }
  }

  /** Looks at all copies of nodes that run. */
  public void look() {
    for (Machine machine : cluster.machines()) {
      Life life = machine.life();
      Partitions copies = life == null ? null : life.partitions();
      if (life != null && copies != null && life.fault() == null) {
        for (PartitionLog log : life.directory().logs()) {
          Partition copy = copies.find(log.topicId(), log.partition().partition());
          if (copy != null && copy.isOpen()) {
            look(machine, log, copy.bounds().highWatermark());
          }
        }
      }
    }
  }

  private void look(Machine machine, PartitionLog log, long highWatermark) {
    Id id = new Id(log.topicId(), log.partition().partition());
    Looked mine = new Looked(id, machine.id(), machine.lives());
    long from = Math.max(looked.getOrDefault(mine, 0L), log.startOffset());
    if (from >= highWatermark) {
      return;
    }
    Known known = known(id);
    String where = "node-" + machine.id() + " " + log.partition();
    try {
      while (from < highWatermark) {
        long next = read(log, from, highWatermark, known, where);
        if (next == from) {
          break;
        }
        from = next;
      }
    } catch (DiskException fault) {
      // a disk that fails is looked at later
    }
    looked.put(mine, from);
  }

  private long read(PartitionLog log, long from, long upTo, Known known, String where) {
    if (!(log.read(from, READ_BYTES, true, upTo) instanceof ReadResult.Batches found)) {
      return from;
    }
    ByteBuffer bytes = ByteBuffer.allocate(found.region().length());
    found.region().file().read(bytes, found.region().position());
    long next = from;
    for (RecordBatch batch : BatchCursor.batches(bytes.flip())) {
      if (batch.lastOffset() >= upTo) {
        break;
      }
      if (batch.baseOffset() >= from && log.settings().compaction().isOn()) {
        takeRecords(known, batch, where);
      } else if (batch.baseOffset() >= from) {
        take(known, batch, where);
      }
      next = batch.nextOffset();
    }
    return next;
  }

  private void take(Known known, RecordBatch batch, String where) {
    long base = batch.baseOffset();
    if (!batch.isIntact()) {
      cluster.broken("batch is damaged, " + where + " offset=" + base);
    }
    Batch mine = new Batch(batch.crc(), batch.lastOffset(), batch.partitionLeaderEpoch(), where);
    Batch there = known.batches.putIfAbsent(base, mine);
    if (there != null
        && (there.crc != mine.crc
            || there.lastOffset != mine.lastOffset
            || there.epoch != mine.epoch)) {
      cluster.broken(
          "two values below the high watermark, offset=" + base + " " + there + " and " + mine);
    }
    if (there == null) {
      checkNew(known, base, mine);
    }
  }

  /** Where logs are compacted, batches change and records do not. */
  private void takeRecords(Known known, RecordBatch batch, String where) {
    if (!batch.isIntact()) {
      cluster.broken("batch is damaged, " + where + " offset=" + batch.baseOffset());
      return;
    }
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        int hash = Objects.hash(records.key(), records.value(), batch.producerId());
        Integer there = known.records.putIfAbsent(records.offset(), hash);
        if (there != null && there != hash) {
          cluster.broken(
              "two values below the high watermark of a compacted log, "
                  + where
                  + " offset="
                  + records.offset());
        }
      }
    }
  }

  private void checkNew(Known known, long base, Batch mine) {
    Map.Entry<Long, Batch> before = known.batches.lowerEntry(base);
    Map.Entry<Long, Batch> after = known.batches.higherEntry(base);
    boolean overlaps =
        (before != null && before.getValue().lastOffset >= base)
            || (after != null && after.getKey() <= mine.lastOffset);
    if (overlaps) {
      cluster.broken(
          "batches overlap below the high watermark, offset="
              + base
              + " "
              + mine
              + " before="
              + before
              + " after="
              + after);
    }
    Promise promise = known.promises.get(base);
    if (promise != null && promise.sent.crc() != mine.crc) {
      cluster.broken(
          "acknowledged batch is another one below the high watermark, offset="
              + base
              + " "
              + promise
              + " found="
              + mine);
    }
  }

  /** What was acknowledged in topics that are there and is not below the high watermarks. */
  public List<String> lost() {
    List<String> lost = new ArrayList<>();
    partitions.forEach((id, known) -> {
      if (cluster.image().topic(id.topicId) != null) {
        known.promises.forEach((offset, promise) -> {
          Batch there = known.batches.get(offset);
          if (there == null || there.crc != promise.sent.crc()) {
            lost.add("lost: offset=" + offset + " " + promise + " found=" + there);
          }
        });
      }
    });
    return lost;
  }

  private Known known(Id id) {
    return partitions.computeIfAbsent(id, one -> new Known());
  }
}
