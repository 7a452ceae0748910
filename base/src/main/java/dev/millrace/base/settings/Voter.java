package dev.millrace.base.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A voter of the metadata as {@code controller.quorum.voters} names it: {@code ID@HOST:PORT}.
 *
 * @param host an IPv6 address stands without its brackets
 */
public record Voter(int id, String host, int port) {
  public static final String SETTING = "controller.quorum.voters";

  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,9})@(?:\\[([0-9a-fA-F:.%]+)]|([^\\[\\]:/@]+)):([0-9]{1,5})");
  private static final int PORT_MAX = 65535;

  /**
   * Reads the voters.
   *
   * @throws SettingException when one has another form, or two have the same id or address
   */
  public static List<Voter> parseAll(List<String> texts) {
    List<Voter> voters = new ArrayList<>();
    for (String text : texts) {
      Voter voter = parse(text.strip());
      if (voters.stream().anyMatch(other -> other.id == voter.id)) {
        throw new SettingException(SETTING, SETTING + " names the voter " + voter.id + " twice");
      }
      if (voters.stream().anyMatch(voter::hasAddressOf)) {
        throw new SettingException(
            SETTING, SETTING + " names the address of the voter " + voter.id + " twice");
      }
      voters.add(voter);
    }
    return List.copyOf(voters);
  }

  private static Voter parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()
        || Integer.parseInt(form.group(4)) > PORT_MAX
        || Integer.parseInt(form.group(4)) == 0) {
      throw new SettingException(
          SETTING,
          SETTING + "=" + text + " is wrong, allowed: ID@HOST:PORT, several separated by commas");
    }
    String host = form.group(2) != null ? form.group(2) : form.group(3);
    return new Voter(Integer.parseInt(form.group(1)), host, Integer.parseInt(form.group(4)));
  }

  private boolean hasAddressOf(Voter other) {
    return host.equals(other.host) && port == other.port;
  }

  @Override
  public String toString() {
    return id + "@" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
