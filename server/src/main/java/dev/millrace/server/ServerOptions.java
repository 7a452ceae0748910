package dev.millrace.server;

import dev.millrace.net.Endpoint;
import dev.millrace.server.command.terminal.UserException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind {@code millrace server}. Read without a library: a start has no time for one
 * ({@code docs/decisions/0081-command-line.md}).
 *
 * @param data the data directory; null leaves it to the settings
 * @param listen where clients connect; null leaves it to the settings
 * @param http where the node is found over HTTP; null for nowhere
 * @param config a properties file; null for none
 * @param sets settings by name, stronger than the file
 */
public record ServerOptions(
    @Nullable Path data,
    @Nullable Endpoint listen,
    @Nullable Endpoint http,
    @Nullable Path config,
    Map<String, String> sets) {
  /** Where health is told when nobody says otherwise. */
  public static final Endpoint HTTP_DEFAULT = new Endpoint("127.0.0.1", 9644);

  /** Stands for an address: none is listened on. */
  private static final String NOWHERE = "none";

  /**
   * Reads the arguments after {@code server}: {@code --name value} or {@code --name=value}.
   *
   * @throws UserException when one is wrong
   */
  public static ServerOptions parse(List<String> arguments) {
    Map<ServerOption, String> given = new EnumMap<>(ServerOption.class);
    Map<String, String> sets = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      boolean joined = argument.startsWith("--") && equals > 0;
      ServerOption option = option(joined ? argument.substring(0, equals) : argument);
      if (!joined && i + 1 == arguments.size()) {
        throw UserException.usage(
            "option has no value, write " + option.text() + " " + option.value());
      }
      String value = joined ? argument.substring(equals + 1) : arguments.get(++i);
      if (option == ServerOption.SET) {
        addSetting(value, sets);
      } else if (given.put(option, value) != null) {
        throw UserException.usage("option is given twice, option=" + option.text());
      }
    }
    boolean isSilent = NOWHERE.equals(given.get(ServerOption.HTTP));
    Endpoint http = isSilent ? null : endpoint(given, ServerOption.HTTP);
    return new ServerOptions(
        path(given, ServerOption.DATA),
        endpoint(given, ServerOption.LISTEN),
        http == null && !isSilent ? HTTP_DEFAULT : http,
        path(given, ServerOption.CONFIG),
        sets);
  }

  private static ServerOption option(String text) {
    ServerOption option = ServerOption.of(text);
    if (option == null) {
      throw UserException.usage(
          text.startsWith("-")
              ? "unknown option " + text + ", allowed: " + ServerOption.all()
              : "the server takes options only, got=" + text);
    }
    return option;
  }

  private static void addSetting(String pair, Map<String, String> sets) {
    int equals = pair.indexOf('=');
    if (equals <= 0) {
      throw UserException.usage("--set is written --set NAME=VALUE, got=" + pair);
    }
    sets.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
  }

  private static @Nullable Path path(Map<ServerOption, String> given, ServerOption option) {
    String text = given.get(option);
    if (text != null && text.isEmpty()) {
      throw UserException.usage(
          "option has no value, write " + option.text() + " " + option.value());
    }
    return text == null ? null : Path.of(text);
  }

  private static @Nullable Endpoint endpoint(Map<ServerOption, String> given, ServerOption option) {
    String text = given.get(option);
    try {
      return text == null ? null : Endpoint.parse(text);
    } catch (IllegalArgumentException e) {
      throw UserException.usage(option.text() + ": " + e.getMessage());
    }
  }
}
