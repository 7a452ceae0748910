package dev.millrace.server.command;

import dev.millrace.server.ServerOption;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * {@code millrace server} as help and completion show it. The command itself is read by {@link
 * dev.millrace.server.ServerOptions}: making a picocli command costs a tenth of a second that a
 * start does not have.
 */
final class ServerHelp {
  private ServerHelp() {}

  static CommandLine command() {
    CommandSpec spec = CommandSpec.create().name("server");
    spec.usageMessage()
        .description("Start a node. It prints one line on standard output when it serves.");
    for (ServerOption option : ServerOption.values()) {
      spec.addOption(
          OptionSpec.builder(option.text())
              .type(option == ServerOption.SET ? String[].class : String.class)
              .arity("1")
              .paramLabel(option.value())
              .description(option.description())
              .build());
    }
    return new CommandLine(spec);
  }
}
