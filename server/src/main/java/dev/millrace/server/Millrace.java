package dev.millrace.server;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.net.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A node inside this process, for tests and for programs that bring their own. Several may run in
 * one JVM, each with a data directory of its own.
 *
 * <pre>
 *   try (Millrace node = Millrace.start()) {
 *     settings.put("bootstrap.servers", node.bootstrapServers());
 *     ...
 *   }
 * </pre>
 *
 * It logs through {@code System.Logger} and changes nothing about how the program logs. Safe for
 * any thread.
 */
public final class Millrace implements AutoCloseable {
  private static final String ANY_PORT = "PLAINTEXT://127.0.0.1:0";

  private final Node node;
  private final @Nullable Path temporary;

  private Millrace(Node node, @Nullable Path temporary) {
    this.node = node;
    this.temporary = temporary;
  }

  /**
   * Starts a node on a free port, with a data directory that {@link #close} removes.
   *
   * @throws StartException when it cannot start
   */
  public static Millrace start() {
    return start(Map.of());
  }

  /**
   * The same with settings of Apache Kafka's and Millrace's names. The data directory is temporary
   * unless {@code log.dirs} names one; the port is a free one unless {@code listeners} names it.
   *
   * @throws StartException when a setting is wrong or it cannot start
   */
  public static Millrace start(Map<String, String> settings) {
    return start(settings, SystemClock.INSTANCE);
  }

  /**
   * The same by a clock of the caller's, such as {@link dev.millrace.base.time.MovableClock}.
   *
   * @throws StartException when a setting is wrong or it cannot start
   */
  public static Millrace start(Map<String, String> settings, Clock clock) {
    Map<String, String> all = new TreeMap<>(settings);
    all.putIfAbsent(WrittenSettings.LISTENERS, ANY_PORT);
    Path temporary = null;
    if (!all.containsKey(WrittenSettings.LOG_DIRS) && !all.containsKey(WrittenSettings.LOG_DIR)) {
      temporary = temporaryDirectory();
      all.put(WrittenSettings.LOG_DIRS, temporary.toString());
    }
    try {
      return new Millrace(Node.start(NodePlan.of(all, null).by(clock), Millrace::ended), temporary);
    } catch (RuntimeException e) {
      remove(temporary);
      throw e;
    }
  }

  /** A node whose data directory stays; it goes on with what is there. */
  public static Millrace start(Path data) {
    return start(Map.of(WrittenSettings.LOG_DIRS, data.toString()));
  }

  /** Where Kafka clients connect: {@code 127.0.0.1:34567}. */
  public String bootstrapServers() {
    return node.kafka().toString();
  }

  /** The same as an address. */
  public Endpoint endpoint() {
    return node.kafka();
  }

  public int nodeId() {
    return node.id();
  }

  /** Where everything is kept. */
  public Path data() {
    return node.data();
  }

  /** Stops in order; a temporary data directory is removed. Later calls do nothing. */
  @Override
  public void close() {
    node.close();
    remove(temporary);
  }

  /** The disk of the metadata is gone: clients are told by errors, and the log has said it. */
  private static void ended(RuntimeException cause) {
    System.getLogger(Millrace.class.getName())
        .log(System.Logger.Level.ERROR, "node can't go on: " + cause.getMessage(), cause);
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("millrace-");
    } catch (IOException e) {
      throw StartException.obstacle("no temporary directory can be made, cause=" + e, e);
    }
  }

  /** Removes a directory and all in it; null is none. */
  static void remove(@Nullable Path directory) {
    if (directory == null || !Files.exists(directory)) {
      return;
    }
    try {
      Files.walkFileTree(directory, new Removal());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException fault)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
