package dev.millrace.base.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a name in a simulated file system stands for. */
sealed interface SimNode {

  /** One change of a file that is not synced yet. */
  sealed interface Change {
    SimBytes applyTo(SimBytes content);

    /** Bytes were written: those from 0 to the buffer's limit. */
    record Written(long position, ByteBuffer bytes) implements Change {
      @Override
      public SimBytes applyTo(SimBytes content) {
        return content.write(bytes, 0, bytes.limit(), position);
      }
    }

    /** The file was cut or extended. */
    record Resized(long size) implements Change {
      @Override
      public SimBytes applyTo(SimBytes content) {
        return content.resize(size);
      }
    }
  }

  /** A file: what readers see, what is on the platter, and the changes between the two. */
  final class File implements SimNode {
    SimBytes current = SimBytes.EMPTY;
    SimBytes durable = SimBytes.EMPTY;
    final List<Change> unsynced = new ArrayList<>();
    long modifiedMs;

    /** In which life of the disk's cache the file was brought into memory. */
    long cacheLife;

    void change(Change change, long nowMs) {
      current = change.applyTo(current);
      unsynced.add(change);
      modifiedMs = nowMs;
    }

    void sync() {
      for (Change change : unsynced) {
        durable = change.applyTo(durable);
      }
      unsynced.clear();
    }

    /** A sync that failed: the changes stay visible, but nothing will ever write them down. */
    void loseUnsynced() {
      unsynced.clear();
    }

    File copy() {
      File copy = survivor(current);
      copy.durable = durable;
      copy.unsynced.addAll(unsynced);
      return copy;
    }

    /** The file as a crash leaves it. */
    File survivor(SimBytes content) {
      File survivor = new File();
      survivor.current = content;
      survivor.durable = content;
      survivor.modifiedMs = modifiedMs;
      return survivor;
    }
  }

  /** A directory; its changes are atomic, ordered, and lost from some point on in a crash. */
  final class Directory implements SimNode {
    final TreeMap<String, SimNode> current = new TreeMap<>();
    final TreeMap<String, SimNode> durable = new TreeMap<>();
    final List<List<Entry>> unsynced = new ArrayList<>();

    /** One atomic change. */
    void change(List<Entry> entries) {
      apply(entries, current);
      unsynced.add(entries);
    }

    void set(String name, @Nullable SimNode node) {
      change(List.of(new Entry(name, node)));
    }

    void sync() {
      unsynced.forEach(entries -> apply(entries, durable));
      unsynced.clear();
    }

    static void apply(List<Entry> entries, Map<String, SimNode> to) {
      for (Entry entry : entries) {
        if (entry.node == null) {
          to.remove(entry.name);
        } else {
          to.put(entry.name, entry.node);
        }
      }
    }
  }

  /** A name and what it stands for from now on, null for nothing. */
  record Entry(String name, @Nullable SimNode node) {}
}
