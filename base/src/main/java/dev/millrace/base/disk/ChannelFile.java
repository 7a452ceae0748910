package dev.millrace.base.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A file by the JDK's file channel. */
final class ChannelFile implements DiskFile {
  private final Path path;
  private final FileChannel channel;

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
  public void close() {
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
