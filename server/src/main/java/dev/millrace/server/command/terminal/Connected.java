package dev.millrace.server.command.terminal;

import dev.millrace.client.ClientException;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import java.io.Console;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/** A command that talks to a cluster: where it is, and how results are printed. */
public abstract class Connected extends Printing {
  private static final ClientSettings CLIENT =
      new ClientSettings("millrace-cli", 30_000, 10_000, 50);

  @Option(
      names = {"-b", "--bootstrap"},
      paramLabel = "HOST:PORT",
      defaultValue = "${env:MILLRACE_BOOTSTRAP:-127.0.0.1:9092}",
      description = "A node of the cluster, or several with commas (default: ${DEFAULT-VALUE}).")
  private String bootstrap = "";

  @Override
  public final Integer call() {
    if (isDoneOffline()) {
      out().flush();
      return ExitCode.OK.code();
    }
    try (Cluster cluster = connect()) {
      run(cluster);
      out().flush();
      return ExitCode.OK.code();
    }
  }

  /** Does work that needs no cluster; returns whether there is nothing left to do with one. */
  protected boolean isDoneOffline() {
    return false;
  }

  /** Does the work. */
  protected abstract void run(Cluster cluster);

  /** Where the cluster is, as it was given. */
  protected final String bootstrap() {
    return bootstrap;
  }

  /** How far long work is: on standard error, and not for programs. */
  @SuppressWarnings(
      "SystemConsoleNull") // it is null again since JDK 25, where input is no terminal
  protected final ProgressBar progressBar() {
    PrintWriter err =
        isJson()
            ? new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)
            : err();
    Console console = System.console();
    return new ProgressBar(err, console != null && console.isTerminal(), System.nanoTime());
  }

  private Cluster connect() {
    try {
      return Cluster.connect(Endpoint.parseList(bootstrap), CLIENT);
    } catch (IllegalArgumentException e) {
      throw UserException.usage("--bootstrap: " + e.getMessage());
    } catch (ClientException e) {
      throw UserException.failed(e.getMessage() + advice(e));
    }
  }

  /** What to do about a cluster that cannot be reached; empty when the message says it all. */
  public static String advice(ClientException unreached) {
    if (!(unreached.getCause() instanceof NetException fault)) {
      return unreached.mayPass() ? "; name another node with --bootstrap" : "";
    }
    return switch (fault.kind()) {
      case REFUSED, UNREACHABLE ->
          "; start a node with: millrace server, or name one with --bootstrap";
      case UNRESOLVED -> "; is the name right in --bootstrap, or in MILLRACE_BOOTSTRAP?";
      case TIMEOUT ->
          "; something listens there but says nothing: a node that hangs or is stopped, another"
              + " protocol, or TLS; look at its log, or name another node with --bootstrap";
      default -> "; is it a node without TLS and passwords? name another one with --bootstrap";
    };
  }

  /**
   * What is done when the process is told to stop (Ctrl-C) in the midst of long work; to be closed
   * when the work is done.
   */
  protected final Stop whenStopped(Runnable action) {
    return Stop.with(action);
  }
}
