package dev.millrace.base.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address of the settings {@code listeners} and {@code advertised.listeners}: {@code
 * NAME://HOST:PORT}.
 *
 * @param name in upper case
 * @param host empty for all addresses of the machine; an IPv6 address stands without its brackets
 * @param port 0 to let the system choose
 */
public record Listener(String name, String host, int port) {
  private static final Pattern FORM =
      Pattern.compile(
          "([A-Za-z0-9_-]{1,100})://(?:\\[([0-9a-fA-F:.%]+)]|([^\\[\\]:/]*)):([0-9]{1,5})");
  private static final int PORT_MAX = 65535;

  /**
   * Reads the addresses of one setting.
   *
   * @throws SettingException when one has another form, or two have the same name
   */
  public static List<Listener> parseAll(String setting, List<String> texts) {
    List<Listener> listeners = new ArrayList<>();
    for (String text : texts) {
      Listener listener = parse(setting, text);
      if (listeners.stream().anyMatch(other -> other.name.equals(listener.name))) {
        throw new SettingException(
            setting, setting + " names the listener " + listener.name + " twice");
      }
      listeners.add(listener);
    }
    return List.copyOf(listeners);
  }

  private static Listener parse(String setting, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(4)) > PORT_MAX) {
      throw new SettingException(
          setting,
          setting
              + "="
              + text
              + " is wrong, allowed: NAME://HOST:PORT, several separated by commas");
    }
    String host = form.group(2) != null ? form.group(2) : form.group(3);
    return new Listener(
        form.group(1).toUpperCase(Locale.ROOT), host, Integer.parseInt(form.group(4)));
  }

  /** Whether it stands for all addresses of the machine. */
  public boolean isWildcard() {
    return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
  }

  @Override
  public String toString() {
    return name + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
