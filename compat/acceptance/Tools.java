import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Apache's command-line tools one after the other in one JVM, which is five times as fast as
 * one JVM each. A line on standard input is {@code name TAB class TAB argument TAB argument ...};
 * what the tool prints goes to the file {@code name} in the folder that is the first argument, and
 * {@code name TAB exit code} to standard output.
 */
final class Tools {
  private static final class Exited extends RuntimeException {
    Exited() {
      super("exit", null, false, false);
    }
  }

  private static Integer first;

  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    Exit.Procedure leave =
        (code, message) -> {
          if (message != null) {
            System.err.println(message);
          }
          // tools catch what is thrown here and leave again: the first time counts
          first = first == null ? (Integer) code : first;
          throw new Exited();
        };
    Exit.setExitProcedure(leave);
    Exit.setHaltProcedure(leave);
    // one stream for all, since Scala keeps the one that it finds first
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true);
    System.setOut(out);
    System.setErr(out);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split("\t", -1);
      printed.reset();
      first = null;
      int code = run(words[1], Arrays.copyOfRange(words, 2, words.length));
      Files.write(Path.of(args[0], words[0]), printed.toByteArray());
      answers.println(words[0] + "\t" + code);
      answers.flush();
    }
  }

  private static int run(String tool, String[] args) {
    try {
      Class.forName(tool).getMethod("main", String[].class).invoke(null, (Object) args);
      return first == null ? 0 : first;
    } catch (InvocationTargetException thrown) {
      if (first != null) {
        return first;
      }
      System.out.println("thrown: " + thrown.getCause());
      return 1;
    } catch (ReflectiveOperationException missing) {
      System.out.println("no such tool: " + missing);
      return 127;
    }
  }

  private Tools() {}
}
