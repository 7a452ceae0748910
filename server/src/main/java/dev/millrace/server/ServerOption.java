package dev.millrace.server;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The options of {@code millrace server}. */
public enum ServerOption {
  /** The data directory. */
  DATA("--data", "DIR", "Where everything is kept (default: millrace-data)."),
  /** The clients' listener. */
  LISTEN(
      "--listen",
      "HOST:PORT",
      "Where clients connect (default: 127.0.0.1:9092); port 0 picks a free one."),
  /** The HTTP listener. */
  HTTP(
      "--http",
      "HOST:PORT",
      "Where health and schemas are found over HTTP, or none (default: 127.0.0.1:9644)."),
  /** A file of settings. */
  CONFIG("--config", "FILE", "A properties file with settings, as Apache Kafka has it."),
  /** One setting. */
  SET("--set", "NAME=VALUE", "A setting, stronger than the file's. May be repeated.");

  private final String text;
  private final String value;
  private final String description;

  ServerOption(String text, String value, String description) {
    this.text = text;
    this.value = value;
    this.description = description;
  }

  /** As it is typed: {@code --data}. */
  public String text() {
    return text;
  }

  /** What follows it, for people: {@code DIR}. */
  public String value() {
    return value;
  }

  public String description() {
    return description;
  }

  /** The option that is typed like this, or null. */
  static @Nullable ServerOption of(String text) {
    return Arrays.stream(values())
        .filter(option -> option.text.equals(text))
        .findFirst()
        .orElse(null);
  }

  /** All of them as they are typed. */
  static String all() {
    return String.join(" ", Arrays.stream(values()).map(ServerOption::text).toList());
  }
}
