package dev.millrace.server.command.terminal;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command with results: a table for people, JSON for programs. */
public abstract class Printing implements Callable<Integer> {
  @Option(names = "--json", description = "Print JSON for programs.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  public final boolean isJson() {
    return json;
  }

  /** Where results go. */
  public final PrintWriter out() {
    return spec().commandLine().getOut();
  }

  /** Where everything else goes. */
  final PrintWriter err() {
    return spec().commandLine().getErr();
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("command runs outside of its command line");
    }
    return spec;
  }

  /** Progress and what happened: on standard error, and not for programs. */
  public final void say(String text) {
    if (!json) {
      err().println(text);
      err().flush();
    }
  }

  /** Rows as a table or as JSON. */
  public final void print(Listing listing) {
    if (json) {
      out().println(Json.text(listing));
    } else {
      out().print(listing.table());
    }
    out().flush();
  }
}
