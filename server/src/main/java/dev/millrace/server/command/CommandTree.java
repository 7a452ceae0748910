package dev.millrace.server.command;

import dev.millrace.client.ClientException;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.server.command.bench.BenchCommand;
import dev.millrace.server.command.cluster.ClusterCommand;
import dev.millrace.server.command.config.ConfigCommand;
import dev.millrace.server.command.doctor.DoctorCommand;
import dev.millrace.server.command.files.DumpCommand;
import dev.millrace.server.command.files.ImportCommand;
import dev.millrace.server.command.group.GroupCommand;
import dev.millrace.server.command.group.ShareGroupCommand;
import dev.millrace.server.command.records.ConsumeCommand;
import dev.millrace.server.command.records.ProduceCommand;
import dev.millrace.server.command.schema.SchemaCommand;
import dev.millrace.server.command.terminal.ExitCode;
import dev.millrace.server.command.terminal.UserException;
import dev.millrace.server.command.topic.TopicCommand;
import dev.millrace.server.command.transaction.TransactionCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/** The commands of the program, each made only when it is called: making one costs milliseconds. */
public final class CommandTree {
  private static final Map<String, Supplier<Object>> COMMANDS = commands();

  private static final String DEBUG = "--debug";

  private final PrintWriter out;
  private final PrintWriter err;

  /** Commands that print results to {@code out} and everything else to {@code err}. */
  public CommandTree(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** Commands that print to the streams of the process. */
  public static CommandTree ofProcess() {
    return new CommandTree(
        new PrintWriter(System.out, false, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8));
  }

  /** Runs a command line and returns what the process tells its caller. */
  public int run(String... arguments) {
    CommandLine line = arguments.length > 0 ? line(arguments[0]) : tree(COMMANDS);
    String[] effective = arguments.length == 0 ? new String[] {"help"} : arguments;
    int code = line.execute(effective);
    out.flush();
    err.flush();
    return code;
  }

  /** All commands, for help and completion. */
  static CommandLine all() {
    return ofProcess().tree(COMMANDS);
  }

  /** The program with one command only, or with all when there is none of that name. */
  private CommandLine line(String name) {
    Supplier<Object> command = COMMANDS.get(name);
    return command == null || "help".equals(name) ? tree(COMMANDS) : tree(Map.of(name, command));
  }

  private CommandLine tree(Map<String, Supplier<Object>> commands) {
    CommandLine root = new CommandLine(new Root());
    commands.forEach((name, command) -> root.addSubcommand(name, command.get()));
    root.setOut(out);
    root.setErr(err);
    root.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO));
    root.setParameterExceptionHandler((e, arguments) -> refuse(e));
    root.setExecutionExceptionHandler((e, line, result) -> fail(e, line, isDebugging(result)));
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
    if (line.getCommandSpec().findOption(DEBUG) == null) {
      line.getCommandSpec()
          .addOption(
              CommandLine.Model.OptionSpec.builder(DEBUG)
                  .description("Show where a failure happened.")
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
    String line = message.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("^Error: ", "");
    return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
  }

  /**
   * Tells why a command failed, in one line.
   *
   * @param isDebugging whether the place in the program is told as well
   */
  static int fail(Exception e, CommandLine line, boolean isDebugging) {
    ExitCode code = e instanceof UserException mistake ? mistake.exitCode() : ExitCode.FAILED;
    line.getOut().flush();
    line.getErr().println("millrace: " + told(e, line, isDebugging));
    if (isDebugging) {
      e.printStackTrace(line.getErr());
    }
    return code.code();
  }

  private static String told(Exception e, CommandLine line, boolean isDebugging) {
    return switch (e) {
      case UserException mistake -> String.valueOf(mistake.getMessage());
      case ClientException refused -> String.valueOf(refused.getMessage());
      case ProducerException refused -> String.valueOf(refused.getMessage());
      case ConsumerException refused -> String.valueOf(refused.getMessage());
      default ->
          "this should not happen, "
              + oneLine(String.valueOf(e.getMessage()))
              + ", fault="
              + e.getClass().getSimpleName()
              + (isDebugging ? "" : "; show where with: " + line.getCommandSpec().qualifiedName())
              + (isDebugging ? "" : " " + DEBUG + " ..., and report that");
    };
  }

  private static boolean isDebugging(CommandLine.@Nullable ParseResult result) {
    CommandLine.ParseResult of = result;
    while (of != null && !of.hasMatchedOption(DEBUG)) {
      of = of.subcommand();
    }
    return of != null;
  }

  private static Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("server", ServerHelp::command);
    commands.put("topic", TopicCommand::new);
    commands.put("produce", ProduceCommand::new);
    commands.put("consume", ConsumeCommand::new);
    commands.put("group", GroupCommand::new);
    commands.put("share-group", ShareGroupCommand::new);
    commands.put("schema", SchemaCommand::new);
    commands.put("config", ConfigCommand::new);
    commands.put("cluster", ClusterCommand::new);
    commands.put("transaction", TransactionCommand::new);
    commands.put("bench", BenchCommand::new);
    commands.put("doctor", DoctorCommand::new);
    commands.put("dump", DumpCommand::new);
    commands.put("import", ImportCommand::new);
    commands.put("version", VersionCommand::new);
    commands.put("completion", CompletionCommand::new);
    commands.put("help", HelpCommand::new);
    return commands;
  }
}
