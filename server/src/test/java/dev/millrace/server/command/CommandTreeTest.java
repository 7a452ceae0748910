package dev.millrace.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.ClientException;
import dev.millrace.net.NetException;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandTreeTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "topi | did you mean topic",
        "topic creat x | did you mean create",
        "topic | missing required subcommand; see: millrace topic --help",
        "topic create | missing required parameter: 'NAME'; see: millrace topic create --help",
        "topic create --partitionss 3 a | unknown option: '--partitionss', did you mean --partitions",
        "topic create -p x a | 'x' is not an int",
        "topic list -b nowhere | --bootstrap: address has no port, write HOST:PORT, address=nowhere",
        "group reset-offsets g | missing required argument (specify one of these)",
        "dump | missing required parameter: 'FILE'"
      })
  void refusesAWrongCallInOneLine(String arguments, String message) {
    int code = run(arguments.split(" "));
    assertThat(code).isEqualTo(ExitCode.USAGE.code());
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("millrace: ").contains(message);
    assertThat(err.toString().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "schema register s, /no/such, 'no such file'",
    "schema import, /no/such, 'no such file'",
    "schema import, pom.xml, 'is no JSON, '"
  })
  void saysWhichFileCannotBeReadAndWhy(String arguments, String file, String why) {
    int code = run((arguments + " " + file).split(" "));
    assertThat(code).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString())
        .startsWith("millrace: " + why)
        .endsWith(", file=" + file + "\n")
        .hasLineCount(1);
  }

  @Test
  void saysWhenNobodyListens() {
    int code = run("topic", "list", "-b", "127.0.0.1:1");
    assertThat(code).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString())
        .isEqualTo(
            "millrace: nobody listens, node=127.0.0.1:1; start a node with: millrace server, or"
                + " name one with --bootstrap\n");
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSED, start a node with: millrace server",
    "UNREACHABLE, start a node with: millrace server",
    "UNRESOLVED, is the name right in --bootstrap",
    "TIMEOUT, a node that hangs or is stopped",
    "CLOSED, is it a node without TLS"
  })
  void saysWhatToDoAboutAClusterThatCannotBeReached(NetException.Kind kind, String advice) {
    NetException fault = new NetException(kind, "why");
    assertThat(Connected.advice(ClientException.broken("it", fault)))
        .startsWith("; ")
        .contains(advice);
  }

  @Test
  void saysNothingMoreOfARefusal() {
    assertThat(Connected.advice(ClientException.failed("no such topic", null))).isEmpty();
  }

  @Test
  void tellsAFaultInOneLineAndItsPlaceWhenAsked() {
    CommandLine line = new CommandLine(new Root());
    line.setErr(new PrintWriter(err));
    line.setOut(new PrintWriter(out));
    Exception fault = new IllegalStateException("Two\nlines");
    assertThat(CommandTree.fail(fault, line, false)).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString())
        .isEqualTo(
            "millrace: this should not happen, two lines, fault=IllegalStateException; show where"
                + " with: millrace --debug ..., and report that\n");
    assertThat(CommandTree.fail(fault, line, true)).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString()).contains("\tat dev.millrace.");
  }

  @Test
  void everyCommandTakesDebug() {
    int code = run("topic", "list", "--debug", "-b", "127.0.0.1:1");
    assertThat(code).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString()).startsWith("millrace: nobody listens").contains("\tat ");
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(run()).isEqualTo(ExitCode.OK.code());
    assertThat(out.toString())
        .contains("server", "topic", "produce", "consume", "group", "config", "dump", "version");
  }

  @Test
  void serverHelpNamesItsOptions() {
    assertThat(run("server", "--help")).isEqualTo(ExitCode.OK.code());
    assertThat(out.toString())
        .contains("--data", "--listen", "--http", "--config", "--set", "millrace-data");
  }

  @Test
  void completionKnowsTheOptionsOfTheServer() {
    assertThat(run("completion")).isEqualTo(ExitCode.OK.code());
    assertThat(out.toString()).contains("--listen", "topic", "describe");
  }

  @Test
  void printsItsVersion() {
    assertThat(run("version")).isEqualTo(ExitCode.OK.code());
    assertThat(out.toString()).startsWith("millrace ").contains("Java ");
  }

  private int run(String... arguments) {
    return new CommandTree(new PrintWriter(out), new PrintWriter(err)).run(arguments);
  }
}
