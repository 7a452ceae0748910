package dev.millrace.server.command;

import dev.millrace.server.command.terminal.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace completion}: a script for bash and zsh. */
@Command(
    name = "completion",
    description = "Print a completion script for bash and zsh; use: source <(millrace completion)")
final class CompletionCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec != null) {
      spec.commandLine().getOut().println(AutoComplete.bash("millrace", CommandTree.all()));
    }
    return ExitCode.OK.code();
  }
}
