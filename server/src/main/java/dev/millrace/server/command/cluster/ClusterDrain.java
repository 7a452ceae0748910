package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.quorum.image.BrokerWish;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster drain NODE}. */
@Command(
    name = "drain",
    description =
        "Move everything off a node, while it serves. It gets nothing new until --undo. Can be"
            + " interrupted: the cluster goes on.")
final class ClusterDrain extends Connected {
  @Parameters(paramLabel = "NODE", description = "Id of the node.")
  private int node;

  @Option(names = "--undo", description = "Let the node have partitions again.")
  private boolean undo;

  @Option(names = "--dry-run", description = "Show what would move, and move nothing.")
  private boolean dryRun;

  @Option(names = "--no-wait", description = "Only begin.")
  private boolean noWait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Longest wait; 0, the default, waits as long as it takes.")
  private int timeoutSeconds;

  @Override
  protected void run(Cluster cluster) {
    if (undo && dryRun) {
      throw UserException.usage("--undo moves nothing, so there is nothing to --dry-run");
    }
    if (undo) {
      Draining.wish(cluster, node, BrokerWish.NORMAL);
      say(
          "node "
              + node
              + " takes partitions again; millrace cluster add "
              + node
              + " moves some to it");
      return;
    }
    Patience patience = new Patience(timeoutSeconds);
    Draining draining = new Draining(cluster, node, this::say);
    if (dryRun) {
      draining.plan().print(this, true);
      return;
    }
    draining.begin();
    if (noWait) {
      say("node " + node + " is being drained");
      return;
    }
    if (!isEmpty(draining, patience)) {
      throw UserException.failed(
          "node " + node + " is not empty yet, the cluster goes on; seconds=" + patience.seconds());
    }
    if (isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("node", node);
      json.put("copies", 0);
      json.put("milliseconds", patience.elapsedMs());
      out().println(Json.text(json));
    } else {
      out()
          .println(
              "node "
                  + node
                  + " is empty after "
                  + patience.seconds()
                  + " s and gets nothing until: millrace cluster drain "
                  + node
                  + " --undo");
    }
  }

  private boolean isEmpty(Draining draining, Patience patience) {
    try (Stop _ =
        whenStopped(() ->
            say(
                "stopped waiting, the cluster goes on with draining node "
                    + node
                    + "; to end that: millrace cluster drain "
                    + node
                    + " --undo"))) {
      return draining.await(patience);
    }
  }
}
