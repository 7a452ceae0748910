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
import java.util.List;
import java.util.Map;

/**
 * Does once what nodes, or commands, do most, so that the JVM can remember the classes for later
 * starts (JEP 514). The build runs it, once for each {@link Start}; {@code
 * docs/decisions/0080-launcher.md} has the figures.
 */
final class WarmUp {
  private static final String TOPIC = "warm-up";
  private static final int RECORDS = 2_000;
  private static final int VOTERS = 3;

  private final Start start;
  private final Path folder;

  private WarmUp(Start start, Path folder) {
    this.start = start;
    this.folder = folder;
  }

  /** What is started: each kind loads what the others do not. */
  enum Start {
    /** A node that is alone. */
    SERVER,
    /** A node of a cluster. */
    MEMBER,
    /** Anything else on the command line. */
    COMMANDS
  }

  /** Runs nodes and leaves nothing behind. */
  static void run(Start start) {
    try {
      Path folder = Files.createTempDirectory("millrace-warm-up-");
      WarmUp warmUp = new WarmUp(start, folder);
      warmUp.live(); // makes what the first start makes
      warmUp.live(); // replays and recovers as every later one does
      if (start == Start.MEMBER) {
        together();
      }
      Millrace.remove(folder);
    } catch (IOException e) {
      throw StartException.obstacle("warm-up failed, cause=" + e, e);
    }
  }

  private void live() throws IOException {
    ServerOptions options =
        ServerOptions.parse(
            List.of(
                "--data", folder.resolve("data").toString(),
                "--listen", "127.0.0.1:0",
                "--http", "127.0.0.1:0",
                "--set", "group.initial.rebalance.delay.ms=0"));
    ServerProcess process = new ServerProcess();
    Thread _ = process.stopping();
    try (Node node = process.start(options)) {
      if (start == Start.COMMANDS) {
        command(node.kafka());
      } else {
        call(node.kafka());
      }
    }
  }

  /**
   * Three nodes of which each leads the metadata once: when a leader dies the others have no time
   * to look for classes.
   */
  private static void together() {
    Map<String, String> settings = Map.of("default.replication.factor", Integer.toString(VOTERS));
    try (MillraceCluster nodes = MillraceCluster.start(VOTERS, settings)) {
      for (int id = 1; id <= VOTERS; id++) {
        readAndWrite(nodes);
        nodes.stop(id);
        readAndWrite(nodes);
        nodes.resume(id);
      }
    }
  }

  private static void readAndWrite(MillraceCluster nodes) {
    List<Endpoint> bootstrap = Endpoint.parseList(nodes.bootstrapServers());
    try (Cluster cluster = Cluster.connect(bootstrap, ClientSettings.named(TOPIC))) {
      new Rehearsal(cluster).records();
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
