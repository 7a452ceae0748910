package dev.millrace.base.sim;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.base.sim.SimNode.Directory;
import dev.millrace.base.sim.SimNode.File;
import java.nio.file.Path;

/** The one volume of a {@link SimDisk}. A sync of it that fails loses what no file has synced. */
final class SimVolume implements Disk.Volume {
  private final SimDisk disk;
  private final Path path;
  private final Directory root;

  SimVolume(SimDisk disk, Path path, Directory root) {
    this.disk = disk;
    this.path = path;
    this.root = root;
  }

  @Override
  public void sync() {
    synchronized (disk) {
      try {
        disk.check(Operation.SYNC, path);
      } catch (DiskException fault) {
        forget(root);
        throw fault;
      }
      sync(root);
      disk.synced();
    }
  }

  /** Writes nothing: whatever it might promise, nobody may count on. */
  @Override
  public void writeOut(Path file) {}

  @Override
  public void close() {}

  private static void sync(Directory directory) {
    for (SimNode node : directory.current.values()) {
      switch (node) {
        case Directory child -> sync(child);
        case File file -> file.sync();
      }
    }
    directory.sync();
  }

  private static void forget(Directory directory) {
    for (SimNode node : directory.current.values()) {
      switch (node) {
        case Directory child -> forget(child);
        case File file -> file.loseUnsynced();
      }
    }
  }
}
