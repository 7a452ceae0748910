package dev.millrace.base.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file by {@code O_DIRECT} and {@code O_DSYNC}. */
final class DirectFile implements BlockFile {
  /** Of the JDK's own module {@code jdk.unsupported}: the compiler warns of its name always. */
  private static final String OPTION_CLASS = "com.sun.nio.file.ExtendedOpenOption";

  private final Path path;
  private final FileChannel channel;

  private DirectFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** The file, which is there; null where the file system does not write past its cache. */
  static @Nullable DirectFile open(Path path) {
    OpenOption direct = direct();
    if (direct == null) {
      return null;
    }
    try {
      return new DirectFile(
          path, FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.DSYNC, direct));
    } catch (IOException | UnsupportedOperationException none) {
      return null;
    }
  }

  private static @Nullable OpenOption direct() {
    try {
      for (Object option : Class.forName(OPTION_CLASS).getEnumConstants()) {
        if (option.toString().equals("DIRECT") && option instanceof OpenOption direct) {
          return direct;
        }
      }
      return null;
    } catch (ClassNotFoundException none) {
      return null;
    }
  }

  @Override
  public void write(ByteBuffer blocks, long position) {
    long at = position;
    try {
      while (blocks.hasRemaining()) {
        at += channel.write(blocks, at);
      }
    } catch (IOException fault) {
      throw FileDisk.fault("write blocks", path, fault);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException fault) {
      throw FileDisk.fault("close", path, fault);
    }
  }
}
