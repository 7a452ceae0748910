package dev.millrace.server;

import dev.millrace.server.command.terminal.UserException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The settings that the operator wrote: the file first, then the command line over it. */
final class WrittenSettings {
  static final String LOG_DIRS = "log.dirs";
  static final String LOG_DIR = "log.dir";
  static final String LISTENERS = "listeners";

  private WrittenSettings() {}

  /**
   * All settings by name.
   *
   * @throws UserException when the file cannot be read, or an option and a setting say the same
   *     thing
   */
  static Map<String, String> of(ServerOptions options) {
    Map<String, String> settings = new TreeMap<>();
    if (options.config() != null) {
      settings.putAll(file(options.config()));
    }
    settings.putAll(options.sets());
    if (options.listen() != null) {
      refuseTwice(options, LISTENERS, "--listen");
      settings.put(LISTENERS, "PLAINTEXT://" + options.listen());
    }
    if (options.data() != null) {
      refuseTwice(options, LOG_DIRS, "--data");
      refuseTwice(options, LOG_DIR, "--data");
      settings.remove(LOG_DIR);
      settings.put(LOG_DIRS, options.data().toString());
    }
    return settings;
  }

  private static void refuseTwice(ServerOptions options, String setting, String option) {
    if (options.sets().containsKey(setting)) {
      throw UserException.usage(
          option + " and --set " + setting + " say the same thing, give one of them");
    }
  }

  private static Map<String, String> file(Path path) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (NoSuchFileException e) {
      throw UserException.failed("no such file, --config=" + path);
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.failed("can't read the settings, --config=" + path + " cause=" + e);
    }
    Map<String, String> settings = new TreeMap<>();
    properties.forEach((name, value) -> settings.put(name.toString(), value.toString().strip()));
    return settings;
  }
}
