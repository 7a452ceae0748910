package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.net.Endpoint;
import dev.millrace.server.command.terminal.ExitCode;
import dev.millrace.server.command.terminal.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerOptionsTest {
  @Test
  void readsBothForms() {
    ServerOptions options =
        ServerOptions.parse(
            List.of(
                "--data",
                "d",
                "--listen=127.0.0.1:0",
                "--http",
                "[::1]:1",
                "--config=f",
                "--set",
                "node.id=2",
                "--set=a = b=c "));
    assertThat(options)
        .isEqualTo(
            new ServerOptions(
                Path.of("d"),
                new Endpoint("127.0.0.1", 0),
                new Endpoint("::1", 1),
                Path.of("f"),
                Map.of("node.id", "2", "a", "b=c")));
  }

  @Test
  void hasDefaults() {
    ServerOptions options = ServerOptions.parse(List.of());
    assertThat(options.data()).isNull();
    assertThat(options.listen()).isNull();
    assertThat(options.http()).isEqualTo(new Endpoint("127.0.0.1", 9644));
    assertThat(ServerOptions.parse(List.of("--http", "none")).http()).isNull();
  }

  @Test
  void theLastOfTwoSettingsWins() {
    assertThat(ServerOptions.parse(List.of("--set", "a=1", "--set", "a=2")).sets())
        .containsEntry("a", "2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--lisen x | unknown option --lisen, allowed: --data --listen --http --config --set",
        "--data | option has no value, write --data DIR",
        "--data= | option has no value, write --data DIR",
        "--data a --data b | option is given twice, option=--data",
        "--listen x | --listen: address has no port, write HOST:PORT, address=x",
        "--set x | --set is written --set NAME=VALUE, got=x",
        "--set =x | --set is written --set NAME=VALUE, got==x",
        "x | the server takes options only, got=x"
      })
  void refusesWithAMessageThatHelps(String arguments, String message) {
    assertThatThrownBy(() -> ServerOptions.parse(List.of(arguments.split(" "))))
        .isInstanceOfSatisfying(
            UserException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(message);
  }
}
