package dev.millrace.base.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A file by the JDK's file channel. */
final class ChannelFile implements DiskFile {
  private static final int LOAD_BYTES = 128 * 1024;

  private final Path path;
  private final FileChannel channel;
  private final Holds holds = new Holds();

  ChannelFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  @Override
  public int read(ByteBuffer target, long position) {
    int total = 0;
    try {
      while (target.hasRemaining()) {
        int count = channel.read(target, position + total);
        if (count < 0) {
          break;
        }
        total += count;
      }
      return total;
    } catch (IOException fault) {
      throw FileDisk.fault("read", path, fault);
    }
  }

  @Override
  public void write(ByteBuffer source, long position) {
    long at = position;
    try {
      while (source.hasRemaining()) {
        at += channel.write(source, at);
      }
    } catch (IOException fault) {
      throw FileDisk.fault("write", path, fault);
    }
  }

  @Override
  public long size() {
    try {
      return channel.size();
    } catch (IOException fault) {
      throw FileDisk.fault("read the size", path, fault);
    }
  }

  @Override
  public void truncate(long size) {
    try {
      channel.truncate(size);
    } catch (IOException fault) {
      throw FileDisk.fault("truncate", path, fault);
    }
  }

  @Override
  public void sync() {
    try {
      channel.force(false);
    } catch (IOException fault) {
      throw FileDisk.fault("sync", path, fault);
    }
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return channel.transferTo(position, count, target);
  }

  @Override
  public boolean isResident(long position, long count) {
    try (Arena arena = Arena.ofConfined()) {
      long there = Math.clamp(channel.size() - position, 0, count);
      return channel.map(FileChannel.MapMode.READ_ONLY, position, there, arena).isLoaded();
    } catch (IOException fault) {
      throw FileDisk.fault("map", path, fault);
    }
  }

  /** Reads into a scratch buffer: touching a mapping is cheaper, but fails hard behind the end. */
  @Override
  public void load(long position, long count) {
    ByteBuffer scratch = ByteBuffer.allocateDirect((int) Math.min(count, LOAD_BYTES));
    long end = position + count;
    long at = position;
    while (at < end) {
      scratch.clear().limit((int) Math.min(scratch.capacity(), end - at));
      int bytes = read(scratch, at);
      if (bytes == 0) {
        return;
      }
      at += bytes;
    }
  }

  @Override
  public void hold() {
    holds.hold();
  }

  @Override
  public void release() {
    if (holds.release()) {
      closeChannel();
    }
  }

  @Override
  public void close() {
    if (holds.close()) {
      closeChannel();
    }
  }

  private void closeChannel() {
    try {
      channel.close();
    } catch (IOException fault) {
      throw FileDisk.fault("close", path, fault);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
