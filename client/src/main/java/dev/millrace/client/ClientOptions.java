package dev.millrace.client;

import dev.millrace.net.Endpoint;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Settings of a client by Kafka's names, read one after the other; {@link #refuseOthers} at the end
 * refuses what nobody read. Values may be of any type whose text is what the setting takes.
 */
public final class ClientOptions {
  private final Map<String, String> given = new TreeMap<>();
  private final TreeSet<String> known = new TreeSet<>();

  /** What a program set. */
  public ClientOptions(Map<String, ?> settings) {
    settings.forEach((name, value) -> given.put(name, String.valueOf(value).strip()));
  }

  /** What a setting that promises protection begins with. */
  private static final List<String> SECURITY = List.of("security.", "sasl.", "ssl.");

  public String text(String name, String fallback) {
    known.add(name);
    return given.getOrDefault(name, fallback);
  }

  /** Whether the program set it. */
  public boolean has(String name) {
    known.add(name);
    return given.containsKey(name);
  }

  /**
   * A whole number.
   *
   * @throws ClientException when it is none, or out of range
   */
  public long number(String name, long fallback, long min, long max) {
    String text = text(name, Long.toString(fallback));
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw ClientException.failed(
        "setting must be a number from " + min + " to " + max + ", " + name + "=" + text, null);
  }

  /** A number of at most 31 bits, zero or above. */
  public int count(String name, int fallback) {
    return (int) number(name, fallback, 0, Integer.MAX_VALUE);
  }

  public boolean flag(String name, boolean fallback) {
    return "true".equals(choice(name, Boolean.toString(fallback), List.of("true", "false")));
  }

  /** One of some words, in lower case. */
  public String choice(String name, String fallback, List<String> words) {
    String text = text(name, fallback).toLowerCase(Locale.ROOT);
    if (!words.contains(text)) {
      throw ClientException.failed(
          "setting must be one of " + String.join(", ", words) + ", " + name + "=" + text, null);
    }
    return text;
  }

  /** {@code bootstrap.servers}. */
  public List<Endpoint> bootstrap() {
    String text = text("bootstrap.servers", "");
    if (text.isEmpty()) {
      String typo =
          given.keySet().stream()
              .filter(name -> name.startsWith("bootstrap"))
              .findFirst()
              .orElse("");
      throw ClientException.failed(
          "set bootstrap.servers=HOST:PORT of a node of the cluster"
              + (typo.isEmpty() ? "" : ", no such setting, name=" + typo),
          null);
    }
    try {
      return Endpoint.parseList(text);
    } catch (IllegalArgumentException e) {
      throw ClientException.failed("bootstrap.servers: " + e.getMessage(), e);
    }
  }

  /**
   * Refuses settings that were not read, naming the nearest that there is.
   *
   * @throws ClientException when there are any
   */
  public void refuseOthers() {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        if (SECURITY.stream().anyMatch(name::startsWith)) {
          throw ClientException.failed(
              "TLS and SASL are not there yet, take it out and use a plaintext listener, name="
                  + name,
              null);
        }
        String nearest = nearest(name);
        throw ClientException.failed(
            "no such setting, name="
                + name
                + (nearest.isEmpty() ? "" : ", did you mean " + nearest + "?"),
            null);
      }
    }
  }

  private String nearest(String name) {
    String best = "";
    int most = name.length() / 2;
    for (String word : known) {
      int alike = commonPrefix(name, word) + commonPrefix(reversed(name), reversed(word));
      if (alike > most) {
        best = word;
        most = alike;
      }
    }
    return best;
  }

  private static int commonPrefix(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }

  private static String reversed(String text) {
    return new StringBuilder(text).reverse().toString();
  }
}
