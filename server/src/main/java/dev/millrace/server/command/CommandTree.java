package dev.millrace.server.command;

import dev.millrace.client.ClientException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The commands of the program, each made only when it is called: making one costs milliseconds. */
public final class CommandTree {
  private static final Map<String, Supplier<Object>> COMMANDS = commands();

  private CommandTree() {}

  /** Runs a command line and returns what the process tells its caller. */
  public static int run(String[] arguments) {
    CommandLine line = arguments.length > 0 ? line(arguments[0]) : all();
    String[] effective = arguments.length == 0 ? new String[] {"help"} : arguments;
    int code = line.execute(effective);
    line.getOut().flush();
    return code;
  }

  /** All commands, for help and completion. */
  static CommandLine all() {
    return tree(COMMANDS);
  }

  /** The program with one command only, or with all when there is none of that name. */
  private static CommandLine line(String name) {
    Supplier<Object> command = COMMANDS.get(name);
    return command == null || "help".equals(name) ? all() : tree(Map.of(name, command));
  }

  private static CommandLine tree(Map<String, Supplier<Object>> commands) {
    CommandLine root = new CommandLine(new Root());
    commands.forEach((name, command) -> root.addSubcommand(name, command.get()));
    root.setOut(new PrintWriter(System.out, false, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    root.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO));
    root.setParameterExceptionHandler((e, arguments) -> refuse(e));
    root.setExecutionExceptionHandler((e, line, result) -> fail(e, line));
    addHelp(root);
    return root;
  }

  private static void addHelp(CommandLine line) {
    line.getCommandSpec().mixinStandardHelpOptions(false);
    if (line.getCommandSpec().findOption("--help") == null) {
      line.getCommandSpec()
          .addOption(
              CommandLine.Model.OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .description("Show this help.")
                  .build());
    }
    line.getSubcommands().values().forEach(CommandTree::addHelp);
  }

  private static int refuse(ParameterException e) {
    CommandLine line = e.getCommandLine();
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    StringBuilder hint = new StringBuilder();
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      unmatched
          .getSuggestions()
          .forEach(
              nearest -> hint.append(hint.isEmpty() ? ", did you mean " : " or ").append(nearest));
    }
    line.getErr()
        .println(
            "millrace: "
                + oneLine(message)
                + hint
                + "; see: "
                + line.getCommandSpec().qualifiedName()
                + " --help");
    return ExitCode.USAGE.code();
  }

  private static String oneLine(String message) {
    String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
    return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
  }

  private static int fail(Exception e, CommandLine line) throws Exception {
    ExitCode code =
        switch (e) {
          case UserException mistake -> mistake.exitCode();
          case ClientException refused -> ExitCode.FAILED;
          default -> throw e;
        };
    line.getOut().flush();
    line.getErr().println("millrace: " + e.getMessage());
    return code.code();
  }

  private static Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("server", ServerHelp::command);
    commands.put("topic", TopicCommand::new);
    commands.put("produce", ProduceCommand::new);
    commands.put("consume", ConsumeCommand::new);
    commands.put("group", GroupCommand::new);
    commands.put("config", ConfigCommand::new);
    commands.put("dump", DumpCommand::new);
    commands.put("version", VersionCommand::new);
    commands.put("completion", CompletionCommand::new);
    commands.put("help", HelpCommand::new);
    return commands;
  }
}
