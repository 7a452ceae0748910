package dev.millrace.server;

import dev.millrace.server.command.CommandTree;
import dev.millrace.server.command.terminal.UserException;
import dev.millrace.server.logging.LogSetup;
import java.util.List;
import java.util.Locale;

/** The program: {@code millrace server} starts a node, everything else is a short command. */
public final class Main {
  private static final String SERVER = "server";
  private static final String WARM_UP = "warm-up";

  private Main() {}

  /** Runs the command line; a server stays until it is told to stop. */
  public static void main(String[] arguments) {
    LogSetup.install();
    List<String> words = List.of(arguments);
    if (!words.isEmpty() && SERVER.equals(words.getFirst()) && !asksForHelp(words)) {
      serve(words.subList(1, words.size()));
    } else if (words.size() == 2 && WARM_UP.equals(words.getFirst())) {
      WarmUp.run(WarmUp.Start.valueOf(words.getLast().toUpperCase(Locale.ROOT)));
      System.exit(0);
    } else {
      System.exit(CommandTree.ofProcess().run(arguments));
    }
  }

  private static boolean asksForHelp(List<String> words) {
    return words.contains("--help") || words.contains("-h");
  }

  private static void serve(List<String> arguments) {
    try {
      ServerProcess.run(ServerOptions.parse(arguments));
    } catch (UserException e) {
      System.err.println("millrace: " + e.getMessage());
      System.exit(e.exitCode().code());
    }
  }
}
