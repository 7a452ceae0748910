package dev.millrace.base.sim;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.disk.Holds;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.base.sim.SimNode.Change;
import dev.millrace.base.sim.SimNode.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** An open file of a {@link SimDisk}. */
final class SimFile implements DiskFile {
  private final SimDisk disk;
  private final Path path;
  private final File file;
  private final Holds holds = new Holds();
  private boolean closed;

  SimFile(SimDisk disk, Path path, File file) {
    this.disk = disk;
    this.path = path;
    this.file = file;
  }

  @Override
  public int read(ByteBuffer target, long position) {
    synchronized (disk) {
      check(Operation.READ);
      return file.current.read(target, position);
    }
  }

  @Override
  public void write(ByteBuffer source, long position) {
    ByteBuffer bytes = ByteBuffer.allocate(source.remaining()).put(source).flip();
    synchronized (disk) {
      try {
        check(Operation.WRITE);
      } catch (DiskException fault) {
        tear(bytes, position);
        throw fault;
      }
      disk.change(file, new Change.Written(position, bytes), path);
    }
  }

  @Override
  public long size() {
    synchronized (disk) {
      checkOpen();
      return file.current.size();
    }
  }

  @Override
  public void truncate(long size) {
    synchronized (disk) {
      check(Operation.TRUNCATE);
      if (size < file.current.size()) {
        disk.change(file, new Change.Resized(size), path);
      }
    }
  }

  @Override
  public void sync() {
    synchronized (disk) {
      try {
        check(Operation.SYNC);
      } catch (DiskException fault) {
        file.loseUnsynced();
        throw fault;
      }
      file.sync();
      disk.synced();
    }
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    ByteBuffer bytes;
    synchronized (disk) {
      check(Operation.READ);
      long there = Math.clamp(file.current.size() - position, 0, count);
      bytes = ByteBuffer.allocate((int) Math.min(there, 1 << 20));
      file.current.read(bytes, position);
    }
    return target.write(bytes.flip());
  }

  @Override
  public boolean isResident(long position, long count) {
    synchronized (disk) {
      checkOpen();
      return file.cacheLife == disk.cacheLife();
    }
  }

  @Override
  public void load(long position, long count) {
    synchronized (disk) {
      check(Operation.READ);
      file.cacheLife = disk.cacheLife();
    }
  }

  @Override
  public void hold() {
    holds.hold();
  }

  @Override
  public void release() {
    synchronized (disk) {
      closed |= holds.release();
    }
  }

  @Override
  public void close() {
    synchronized (disk) {
      closed |= holds.close();
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** A write that fails may have written its first half. */
  private void tear(ByteBuffer bytes, long position) {
    ByteBuffer half = bytes.slice(0, bytes.limit() / 2);
    disk.change(file, new Change.Written(position, half), path);
  }

  private void check(Operation operation) {
    checkOpen();
    disk.check(operation, path);
  }

  private void checkOpen() {
    if (closed) {
      throw SimDisk.fault(Kind.FAILED, "file is closed", path);
    }
  }
}
