package dev.millrace.base.sim;

import dev.millrace.base.sim.SimNode.Directory;
import dev.millrace.base.sim.SimNode.Entry;
import dev.millrace.base.sim.SimNode.File;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies a tree of nodes, with what is not synced; a node that has two names stays one node. */
final class Copying {
  private final IdentityHashMap<SimNode, SimNode> copies = new IdentityHashMap<>();

  void fill(Directory from, Directory to) {
    from.current.forEach((name, node) -> to.current.put(name, copy(node)));
    from.durable.forEach((name, node) -> to.durable.put(name, copy(node)));
    for (List<Entry> change : from.unsynced) {
      to.unsynced.add(change.stream().map(e -> new Entry(e.name(), copyOrNull(e.node()))).toList());
    }
  }

  private @Nullable SimNode copyOrNull(@Nullable SimNode node) {
    return node == null ? null : copy(node);
  }

  private SimNode copy(SimNode node) {
    SimNode known = copies.get(node);
    if (known != null) {
      return known;
    }
    return switch (node) {
      case File file -> {
        File copy = file.copy();
        copies.put(file, copy);
        yield copy;
      }
      case Directory directory -> {
        Directory copy = new Directory();
        copies.put(directory, copy);
        fill(directory, copy);
        yield copy;
      }
    };
  }
}
