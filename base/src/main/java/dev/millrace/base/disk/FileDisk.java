package dev.millrace.base.disk;

import dev.millrace.base.disk.DiskException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The machine's file system, by the JDK's file channels. Made for Linux: a directory can be opened
 * and synced, and a rename replaces its target atomically.
 *
 * <p>Threads that use it must not be interrupted: the JDK closes a file channel under a thread that
 * is interrupted in it.
 */
public enum FileDisk implements Disk {
  INSTANCE;

  private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);
  private static final Set<OpenOption> WRITE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
  private static final Set<OpenOption> CREATE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

  @Override
  public DiskFile open(Path path, Access access) {
    Set<OpenOption> options =
        switch (access) {
          case READ -> READ;
          case WRITE -> WRITE;
          case CREATE -> CREATE;
        };
    try {
      return new ChannelFile(path, FileChannel.open(path, options));
    } catch (IOException fault) {
      throw fault("open", path, fault);
    }
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException fault) {
      throw fault("read the size", path, fault);
    }
  }

  @Override
  public long modifiedMs(Path path) {
    try {
      return Files.getLastModifiedTime(path).toMillis();
    } catch (IOException fault) {
      throw fault("read the modification time", path, fault);
    }
  }

  @Override
  public List<String> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException fault) {
      throw fault("list", directory, fault);
    }
  }

  @Override
  public void createDirectories(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException fault) {
      throw fault("create the directory", directory, fault);
    }
  }

  @Override
  public void rename(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException fault) {
      throw fault("rename to " + to.getFileName(), from, fault);
    }
  }

  @Override
  public void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException fault) {
      throw fault("delete", path, fault);
    }
  }

  @Override
  public void syncDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    } catch (IOException fault) {
      throw fault("sync the directory", directory, fault);
    }
  }

  @Override
  public @Nullable Volume volume(Path directory) {
    return LinuxVolume.open(directory);
  }

  @Override
  public @Nullable BlockFile blocks(Path path) {
    return DirectFile.open(path);
  }

  @Override
  public Lock lock(Path path) {
    try {
      FileChannel channel = FileChannel.open(path, WRITE);
      boolean locked = false;
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          throw locked(path, null);
        }
        locked = true;
        return () -> release(lock, channel, path);
      } finally {
        if (!locked) {
          channel.close();
        }
      }
    } catch (OverlappingFileLockException held) {
      throw locked(path, held);
    } catch (IOException fault) {
      throw fault("lock", path, fault);
    }
  }

  @Override
  public Space space(Path path) {
    try {
      FileStore store = Files.getFileStore(path);
      return new Space(store.getTotalSpace(), store.getUsableSpace());
    } catch (IOException fault) {
      throw fault("read the free space", path, fault);
    }
  }

  private static void release(FileLock lock, FileChannel channel, Path path) {
    try (channel) {
      lock.release();
    } catch (IOException fault) {
      throw fault("unlock", path, fault);
    }
  }

  private static DiskException locked(Path path, @Nullable Exception held) {
    return new DiskException(Kind.LOCKED, "another process or owner holds the lock", path, held);
  }

  static DiskException fault(String what, Path path, IOException cause) {
    Kind kind = kind(cause);
    String reason =
        switch (kind) {
          case MISSING -> "it is not there";
          case EXISTS -> "it is there already";
          case DENIED -> "permission denied";
          default -> String.valueOf(cause.getMessage());
        };
    return new DiskException(kind, "cannot " + what + ": " + reason, path, cause);
  }

  private static Kind kind(IOException cause) {
    if (cause instanceof NoSuchFileException || cause instanceof NotDirectoryException) {
      return Kind.MISSING;
    }
    if (cause instanceof FileAlreadyExistsException) {
      return Kind.EXISTS;
    }
    if (cause instanceof AccessDeniedException) {
      return Kind.DENIED;
    }
    String message = String.valueOf(cause.getMessage());
    boolean full =
        message.contains("No space left on device") || message.contains("Disk quota exceeded");
    return full ? Kind.FULL : Kind.FAILED;
  }
}
