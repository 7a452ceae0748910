package dev.millrace.server.command;

import dev.millrace.server.Version;
import dev.millrace.server.command.terminal.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine()
          .getOut()
          .println("millrace " + Version.current() + ", Java " + Runtime.version());
    }
    return ExitCode.OK.code();
  }
}
