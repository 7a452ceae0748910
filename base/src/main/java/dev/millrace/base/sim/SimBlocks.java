package dev.millrace.base.sim;

import dev.millrace.base.disk.BlockFile;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.base.sim.SimNode.Change;
import dev.millrace.base.sim.SimNode.File;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file of a {@link SimDisk} that is written in blocks. A write that fails stays among what is not
 * synced, so that a crash after it may leave any of its sectors.
 */
final class SimBlocks implements BlockFile {
  private final SimDisk disk;
  private final Path path;
  private final File file;
  private boolean closed;

  SimBlocks(SimDisk disk, Path path, File file) {
    this.disk = disk;
    this.path = path;
    this.file = file;
  }

  @Override
  public void write(ByteBuffer blocks, long position) {
    int length = blocks.remaining();
    if (blocks.position() % BLOCK_BYTES != 0
        || length % BLOCK_BYTES != 0
        || position % BLOCK_BYTES != 0) {
      throw new IllegalArgumentException(
          "write is not of whole blocks, position=" + position + " bytes=" + length);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).put(blocks).flip();
    synchronized (disk) {
      if (closed) {
        throw SimDisk.fault(Kind.FAILED, "file is closed", path);
      }
      if (position + length > file.current.size()) {
        throw new IllegalArgumentException("write is behind the file's end, position=" + position);
      }
      DiskException fault = null;
      try {
        disk.check(Operation.WRITE_BLOCKS, path);
      } catch (DiskException failed) {
        fault = failed;
      }
      disk.change(file, new Change.Written(position, bytes), path);
      if (fault != null) {
        throw fault;
      }
      file.sync();
      disk.synced();
    }
  }

  @Override
  public void close() {
    synchronized (disk) {
      closed = true;
    }
  }
}
