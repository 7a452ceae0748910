package dev.millrace.server;

import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.net.Endpoint;
import dev.millrace.server.command.CommandTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Does once what nodes, or commands, do most, so that the JVM can remember the classes for later
 * starts (JEP 514). The build runs it, once for each; {@code docs/decisions/0080-launcher.md} has
 * the figures.
 */
final class WarmUp {
  private static final String TOPIC = "warm-up";
  private static final int RECORDS = 2_000;
  private static final int NODES = 3;

  /** Whose classes are wanted. */
  enum Of {
    /** A node that is all of its cluster. */
    SERVER,
    /** A node among others: it agrees with them and copies from them. */
    CLUSTER,
    /** Short commands, with the command line's library. */
    COMMANDS;

    static Of named(String name) {
      for (Of one : values()) {
        if (one.name().toLowerCase(Locale.ROOT).equals(name)) {
          return one;
        }
      }
      throw StartException.setting("nothing to warm up, name=" + name);
    }
  }

  private final Of wanted;
  private final Path folder;

  private WarmUp(Of wanted, Path folder) {
    this.wanted = wanted;
    this.folder = folder;
  }

  /** Runs nodes and leaves nothing behind. */
  static void run(Of wanted) {
    try {
      Path folder = Files.createTempDirectory("millrace-warm-up-");
      WarmUp warmUp = new WarmUp(wanted, folder);
      if (wanted == Of.CLUSTER) {
        warmUp.liveTogether();
      } else {
        warmUp.live(); // makes what the first start makes
        warmUp.live(); // replays and recovers as every later one does
      }
      Millrace.remove(folder);
    } catch (IOException e) {
      throw StartException.obstacle("warm-up failed, cause=" + e, e);
    }
  }

  private void live() throws IOException {
    ServerProcess process = new ServerProcess();
    Thread _ = process.stopping();
    try (Node node = process.start(options())) {
      if (wanted == Of.SERVER) {
        call(node.kafka());
      } else {
        command(node.kafka());
      }
    }
  }

  private ServerOptions options() {
    return ServerOptions.parse(
        List.of(
            "--data", folder.resolve("data").toString(),
            "--listen", "127.0.0.1:0",
            "--http", "127.0.0.1:0",
            "--set", "group.initial.rebalance.delay.ms=0"));
  }

  /** A node leaves the others, is missed by them, and comes back; then all start again. */
  private void liveTogether() {
    Thread _ = new ServerProcess().stopping();
    Map<String, String> settings = new HashMap<>(WrittenSettings.of(options()));
    settings.remove("log.dirs");
    settings.remove("listeners");
    List<Integer> ports = MillraceCluster.freePorts(2 * NODES);
    MillraceCluster.Places places =
        new MillraceCluster.Places(
            folder, ports.subList(0, NODES), ports.subList(NODES, 2 * NODES), true);
    try (MillraceCluster cluster = MillraceCluster.start(places, settings)) {
      call(Endpoint.parseList(cluster.bootstrapServers()).getFirst());
      cluster.stop(NODES);
      cluster.resume(NODES);
    }
    try (MillraceCluster cluster = MillraceCluster.start(places, settings)) {
      cluster.readyLines().forEach(System.out::println);
      call(Endpoint.parseList(cluster.bootstrapServers()).getLast());
    }
  }

  private static void call(Endpoint endpoint) {
    try (Cluster cluster = Cluster.connect(List.of(endpoint), ClientSettings.named(TOPIC))) {
      new Rehearsal(cluster).run();
    }
  }

  private void command(Endpoint endpoint) throws IOException {
    Path lines = folder.resolve("lines");
    Files.writeString(lines, "key:value\n".repeat(RECORDS), StandardCharsets.UTF_8);
    String at = endpoint.toString();
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    CommandTree commands = new CommandTree(nowhere, nowhere);
    commands.run("topic", "create", TOPIC, "-p", "2", "--if-missing", "-b", at);
    commands.run("produce", TOPIC, lines.toString(), "-k", ":", "-b", at);
    commands.run("topic", "list", "-b", at);
    commands.run("topic", "describe", TOPIC, "-b", at);
    commands.run("topic", "list", "--json", "-b", at);
    commands.run("group", "list", "-b", at);
    commands.run("consume", TOPIC, "--from-beginning", "-n", "10", "-f", "", "-b", at);
    commands.run("version");
  }
}
