package dev.millrace.base.sim;

import dev.millrace.base.disk.BlockFile;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.base.sim.SimNode.Directory;
import dev.millrace.base.sim.SimNode.File;
import dev.millrace.base.time.Clock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that forgets what was not synced.
 *
 * <p>Written bytes are visible at once and survive a {@link #crashed} only when their file was
 * synced; a name survives only when its directory was synced, also the name of a synced file. A
 * sync that fails loses the bytes it was to write down, although readers still see them and the
 * next sync succeeds, as Linux does. {@link DiskFaults} and a capacity make operations fail. A
 * write that finds the disk full writes what fits, then fails.
 *
 * <p>Taking the state after a crash copies no file contents, so a test can afford one for every
 * byte. Safe for any thread; deterministic when one thread uses it.
 */
public final class SimDisk implements Disk {
  private final Clock clock;
  private final Directory root = new Directory();
  private final Set<Path> locks = new HashSet<>();
  private long capacityBytes = Long.MAX_VALUE;
  private long usedBytes;
  private long syncs;
  private long cacheLife = 1;
  private DiskFaults faults = DiskFaults.none();

  /**
   * @param clock gives files their modification time
   */
  public SimDisk(Clock clock) {
    this.clock = clock;
  }

  /** Decides from now on what fails. */
  public synchronized void faults(DiskFaults now) {
    faults = now;
  }

  /** Lets the disk be full at this many bytes of file content. */
  public synchronized void capacityBytes(long bytes) {
    capacityBytes = bytes;
  }

  /** Bytes of all files together. */
  public synchronized long usedBytes() {
    return usedBytes;
  }

  /** Successful syncs of files and directories so far. */
  public synchronized long syncs() {
    return syncs;
  }

  /** Bytes written to a file since its last sync. */
  public synchronized long unsyncedBytes(Path path) {
    return Crash.writtenBytes(file(path).unsynced);
  }

  /**
   * Drops every file's bytes from memory: none is resident until it is loaded or created anew. A
   * disk after a crash starts like that.
   */
  public synchronized void dropCache() {
    cacheLife++;
  }

  /** Changes bits behind everybody's back, as a dying disk does; the change is durable. */
  public synchronized void flip(Path path, long position, int mask) {
    File file = file(path);
    ByteBuffer one = ByteBuffer.allocate(1);
    file.current.read(one, position);
    one.put(0, (byte) (one.get(0) ^ mask));
    file.current = file.current.write(one, 0, 1, position);
    file.durable = file.durable.write(one, 0, 1, position);
  }

  /**
   * The disk as the next life finds it after a crash now. This one stays as it is: open files go on
   * in the old world.
   */
  public synchronized SimDisk crashed(Crash crash) {
    SimDisk next = new SimDisk(clock);
    next.capacityBytes = capacityBytes;
    if (crash.isOfProcess()) {
      new Copying().fill(root, next.root);
      next.usedBytes = usedBytes;
    } else {
      next.usedBytes = survive(root, next.root, Path.of("/"), crash);
    }
    return next;
  }

  @Override
  public synchronized DiskFile open(Path path, Access access) {
    Directory parent = directory(parentOf(path));
    String name = nameOf(path);
    SimNode node = parent.current.get(name);
    if (node == null) {
      check(access == Access.READ ? Operation.OPEN : Operation.CREATE, path);
      if (access == Access.READ) {
        throw fault(Kind.MISSING, "cannot open: it is not there", path);
      }
      File created = new File();
      created.modifiedMs = clock.wallMs();
      created.cacheLife = cacheLife;
      parent.set(name, created);
      return new SimFile(this, path, created);
    }
    check(Operation.OPEN, path);
    if (access == Access.CREATE) {
      throw fault(Kind.EXISTS, "cannot create: it is there already", path);
    }
    if (node instanceof File file) {
      return new SimFile(this, path, file);
    }
    throw fault(Kind.FAILED, "cannot open: is a directory", path);
  }

  @Override
  public synchronized boolean exists(Path path) {
    return find(path) != null;
  }

  @Override
  public synchronized boolean isDirectory(Path path) {
    return find(path) instanceof Directory;
  }

  @Override
  public synchronized long size(Path path) {
    return file(path).current.size();
  }

  @Override
  public synchronized long modifiedMs(Path path) {
    return file(path).modifiedMs;
  }

  @Override
  public synchronized List<String> list(Path path) {
    check(Operation.LIST, path);
    return List.copyOf(directory(path).current.keySet());
  }

  @Override
  public synchronized void createDirectories(Path path) {
    Directory at = root;
    Path walked = Path.of("/");
    for (Path name : absolute(path)) {
      walked = walked.resolve(name);
      SimNode next = at.current.get(name.toString());
      if (next == null) {
        check(Operation.CREATE_DIRECTORY, walked);
        next = new Directory();
        at.set(name.toString(), next);
      }
      if (!(next instanceof Directory child)) {
        throw fault(Kind.EXISTS, "cannot create the directory: a file has its name", walked);
      }
      at = child;
    }
  }

  @Override
  public synchronized void rename(Path from, Path to) {
    Directory source = directory(parentOf(from));
    Directory target = directory(parentOf(to));
    SimNode node = source.current.get(nameOf(from));
    if (node == null) {
      throw fault(Kind.MISSING, "cannot rename: it is not there", from);
    }
    check(Operation.RENAME, from);
    SimNode replaced = target.current.get(nameOf(to));
    if (replaced instanceof Directory full && !full.current.isEmpty()) {
      throw fault(Kind.EXISTS, "cannot rename: a directory that is not empty has the name", to);
    }
    if (replaced == node) {
      return;
    }
    release(replaced);
    SimNode.Entry gone = new SimNode.Entry(nameOf(from), null);
    SimNode.Entry here = new SimNode.Entry(nameOf(to), node);
    if (source == target) {
      source.change(List.of(gone, here));
    } else {
      source.change(List.of(gone));
      target.change(List.of(here));
    }
  }

  @Override
  public synchronized void delete(Path path) {
    SimNode node = find(path);
    if (node == null) {
      return;
    }
    check(Operation.DELETE, path);
    if (node instanceof Directory directory && !directory.current.isEmpty()) {
      throw fault(Kind.FAILED, "cannot delete: the directory is not empty", path);
    }
    release(node);
    directory(parentOf(path)).set(nameOf(path), null);
  }

  @Override
  public synchronized void syncDirectory(Path path) {
    Directory directory = directory(path);
    check(Operation.SYNC_DIRECTORY, path);
    directory.sync();
    syncs++;
  }

  @Override
  public Volume volume(Path path) {
    return new SimVolume(this, path, root);
  }

  @Override
  public synchronized @Nullable BlockFile blocks(Path path) {
    return find(path) instanceof File file ? new SimBlocks(this, path, file) : null;
  }

  @Override
  public synchronized Lock lock(Path path) {
    Path locked = absolute(path);
    open(path, Access.WRITE).close();
    if (!locks.add(locked)) {
      throw fault(Kind.LOCKED, "another process or owner holds the lock", path);
    }
    return () -> unlock(locked);
  }

  @Override
  public synchronized Space space(Path path) {
    return new Space(capacityBytes, capacityBytes - usedBytes);
  }

  static Path absolute(Path path) {
    return Path.of("/").resolve(path).normalize();
  }

  static DiskException fault(Kind kind, String message, Path path) {
    return new DiskException(kind, message, path, null);
  }

  /** Fails when the faults say so. */
  void check(Operation operation, Path path) {
    Kind kind = faults.fault(operation, path);
    if (kind != null) {
      throw fault(kind, "simulated fault: operation=" + operation, path);
    }
  }

  /** Applies a change to a file, as far as the space goes. */
  void change(File file, SimNode.Change change, Path path) {
    long before = file.current.size();
    if (change instanceof SimNode.Change.Written written) {
      long room = Math.max(before + capacityBytes - usedBytes, 0);
      long end = written.position() + written.bytes().limit();
      if (end > room && end > before) {
        int fits = (int) Math.max(Math.max(room, before) - written.position(), 0);
        ByteBuffer part = written.bytes().slice(0, Math.min(fits, written.bytes().limit()));
        apply(file, new SimNode.Change.Written(written.position(), part));
        throw fault(Kind.FULL, "cannot write: no space left on device", path);
      }
    }
    apply(file, change);
  }

  long cacheLife() {
    return cacheLife;
  }

  void synced() {
    syncs++;
  }

  private void apply(File file, SimNode.Change change) {
    long before = file.current.size();
    file.change(change, clock.wallMs());
    usedBytes += file.current.size() - before;
  }

  private synchronized void unlock(Path path) {
    locks.remove(path);
  }

  private void release(@Nullable SimNode node) {
    if (node instanceof File file) {
      usedBytes -= file.current.size();
    }
  }

  /** Copies what survives; returns the bytes of the files. */
  private static long survive(Directory from, Directory to, Path path, Crash crash) {
    Map<String, SimNode> names = new LinkedHashMap<>(from.durable);
    int kept = crash.entries(path, from.unsynced.size());
    from.unsynced.subList(0, kept).forEach(entries -> Directory.apply(entries, names));
    long bytes = 0;
    for (Map.Entry<String, SimNode> entry : names.entrySet()) {
      Path child = path.resolve(entry.getKey());
      switch (entry.getValue()) {
        case Directory directory -> {
          Directory copy = new Directory();
          bytes += survive(directory, copy, child, crash);
          to.durable.put(entry.getKey(), copy);
        }
        case File file -> {
          File copy = file.survivor(crash.file(child, file.durable, file.unsynced));
          bytes += copy.current.size();
          to.durable.put(entry.getKey(), copy);
        }
      }
    }
    to.current.putAll(to.durable);
    return bytes;
  }

  private Directory directory(Path path) {
    if (find(path) instanceof Directory directory) {
      return directory;
    }
    throw fault(Kind.MISSING, "there is no such directory", path);
  }

  private File file(Path path) {
    if (find(path) instanceof File file) {
      return file;
    }
    throw fault(Kind.MISSING, "there is no such file", path);
  }

  private @Nullable SimNode find(Path path) {
    SimNode at = root;
    for (Path name : absolute(path)) {
      if (!(at instanceof Directory directory)) {
        return null;
      }
      at = directory.current.get(name.toString());
    }
    return at;
  }

  private static Path parentOf(Path path) {
    Path parent = absolute(path).getParent();
    if (parent == null) {
      throw new IllegalArgumentException("the root has no parent, path=" + path);
    }
    return parent;
  }

  private static String nameOf(Path path) {
    return Objects.requireNonNull(absolute(path).getFileName()).toString();
  }
}
