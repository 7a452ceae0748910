package dev.millrace.server;

import dev.millrace.client.Endpoint;
import dev.millrace.server.command.CommandTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Does once what nodes and commands do most, so that the JVM can remember the classes for later
 * starts (JEP 514). The build runs it; {@code docs/decisions/0080-launcher.md} has the figures.
 */
final class WarmUp {
  private static final int RECORDS = 2_000;

  private WarmUp() {}

  /** Runs a node and a few commands against it, and leaves nothing behind. */
  static void run() {
    try {
      Path folder = Files.createTempDirectory("millrace-warm-up-");
      List<String> options =
          List.of(
              "--data", folder.resolve("data").toString(),
              "--listen", "127.0.0.1:0",
              "--http", "127.0.0.1:0");
      start(options, folder); // makes what the first start makes
      start(options, folder); // replays and recovers as every later one does
      Millrace.remove(folder);
    } catch (IOException e) {
      throw StartException.obstacle("warm-up failed, cause=" + e, e);
    }
  }

  private static void start(List<String> arguments, Path folder) throws IOException {
    ServerOptions options = ServerOptions.parse(arguments);
    NodePlan plan = NodePlan.of(WrittenSettings.of(options), options.http());
    try (Node node = Node.start(plan, cause -> {})) {
      System.out.println(ReadyLine.of(node));
      use(node.kafka(), folder);
    }
  }

  private static void use(Endpoint endpoint, Path folder) throws IOException {
    Path lines = folder.resolve("lines");
    Files.writeString(lines, "key:value\n".repeat(RECORDS), StandardCharsets.UTF_8);
    String bootstrap = endpoint.toString();
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    CommandTree commands = new CommandTree(nowhere, nowhere);
    commands.run("topic", "create", "warm-up", "-p", "2", "--if-missing", "-b", bootstrap);
    commands.run("produce", "warm-up", lines.toString(), "-k", ":", "-b", bootstrap);
    commands.run("topic", "list", "-b", bootstrap);
    commands.run("topic", "describe", "warm-up", "-b", bootstrap);
    commands.run("topic", "list", "--json", "-b", bootstrap);
    commands.run("group", "list", "-b", bootstrap);
    commands.run("consume", "warm-up", "--from-beginning", "-n", "10", "-f", "", "-b", bootstrap);
    commands.run("version");
  }
}
