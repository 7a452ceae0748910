package dev.millrace.bench.contender;

import dev.millrace.bench.process.Children;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Apache Kafka from its jars: a process that is broker and controller, with its defaults and the
 * heap and collector options of its start script. What the script adds for remote management and
 * the collector's log is left out, and only warnings are logged: both are in its favour.
 */
public final class ApacheDistribution implements Distribution {
  private static final String CLUSTER_ID = "bWlsbHJhY2UtYmVuY2gtMQ";
  private static final int HEAP_MB = 1024;

  private final Path libraries;
  private final Path javaHome;
  private final Children children;

  public ApacheDistribution(Path libraries, Path javaHome, Children children) {
    this.libraries = libraries;
    this.javaHome = javaHome;
    this.children = children;
  }

  /** Writes the settings and runs Apache's own format step. */
  @Override
  public void prepare(Path directory, Seat seat, Order order) {
    write(directory.resolve("server.properties"), settings(directory, seat, order));
    write(directory.resolve("log4j2.properties"), logging(directory));
    List<String> command = java(directory, "-Xmx256m");
    command.addAll(
        List.of(
            "kafka.tools.StorageTool",
            "format",
            "--cluster-id",
            CLUSTER_ID,
            "--config",
            directory.resolve("server.properties").toString()));
    if (seat.isAlone()) {
      command.add("--standalone");
    }
    Path output = directory.resolve("format.log");
    try {
      int exit = children.start(command, Map.of(), directory, output).waitFor();
      if (exit != 0) {
        throw new IllegalStateException("format failed, see " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public Launch launch(Path directory, Seat seat, Order order) {
    int heap = order.heapMb() == 0 ? HEAP_MB : order.heapMb();
    List<String> command =
        java(
            directory,
            "-Xmx" + heap + "m",
            "-Xms" + heap + "m",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true");
    command.add("kafka.Kafka");
    command.add(directory.resolve("server.properties").toString());
    return new Launch(command, Map.of());
  }

  private List<String> java(Path directory, String... options) {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(List.of(options));
    command.add("-Dlog4j2.configurationFile=" + directory.resolve("log4j2.properties"));
    command.add("-cp");
    command.add(libraries + "/*");
    return command;
  }

  private static String settings(Path directory, Seat seat, Order order) {
    String settings =
        """
        process.roles=broker,controller
        node.id=%d
        controller.listener.names=CONTROLLER
        listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
        advertised.listeners=PLAINTEXT://127.0.0.1:%d
        log.dirs=%s
        """
            .formatted(
                seat.id(),
                seat.port(),
                seat.controllerPort(),
                seat.port(),
                directory.resolve("data"));
    return settings
        + (seat.isAlone() ? alone(seat) : together(seat))
        + String.join("\n", order.settings())
        + "\n";
  }

  private static String alone(Seat seat) {
    return """
    controller.quorum.bootstrap.servers=127.0.0.1:%d
    offsets.topic.replication.factor=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    """
        .formatted(seat.controllerPort());
  }

  private static String together(Seat seat) {
    return "controller.quorum.voters=" + seat.voters() + "\n";
  }

  private static String logging(Path directory) {
    return """
    status=error
    appender.f.type=File
    appender.f.name=F
    appender.f.fileName=%s
    appender.f.layout.type=PatternLayout
    appender.f.layout.pattern=[%%d] %%p %%m (%%c)%%n%%throwable
    rootLogger.level=warn
    rootLogger.appenderRef.f.ref=F
    """
        .formatted(directory.resolve("broker.log"));
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
