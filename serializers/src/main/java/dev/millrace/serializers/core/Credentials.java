package dev.millrace.serializers.core;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a client tells a registry who it is, by the settings people know. */
final class Credentials {
  private static final Pattern USER = Pattern.compile("username=\"([^\"]*)\"");
  private static final Pattern PASSWORD = Pattern.compile("password=\"([^\"]*)\"");

  private final Settings settings;

  Credentials(Settings settings) {
    this.settings = settings;
  }

  /**
   * Headers of each request.
   *
   * @param url the first of the registry's; it may hold user and password
   * @throws IllegalArgumentException when settings do not fit each other, or name a way to get
   *     credentials that is not there
   */
  Map<String, String> headers(String url) {
    Map<String, String> headers = new LinkedHashMap<>();
    String token = token();
    String user = token == null ? user(url) : null;
    if (token != null) {
      headers.put("Authorization", "Bearer " + token);
      put(headers, "target-sr-cluster", "bearer.auth.logical.cluster");
      put(headers, "Confluent-Identity-Pool-Id", "bearer.auth.identity.pool.id");
    } else if (user != null) {
      byte[] bytes = user.getBytes(StandardCharsets.UTF_8);
      headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    return headers;
  }

  private void put(Map<String, String> headers, String header, String setting) {
    String value = settings.ofRegistry(setting);
    if (value != null) {
      headers.put(header, value);
    }
  }

  private @Nullable String token() {
    String source = settings.ofRegistry("bearer.auth.credentials.source");
    String token = settings.ofRegistry("bearer.auth.token");
    if (source != null && !source.equals("STATIC_TOKEN")) {
      throw new IllegalArgumentException(
          "this way to a token is not there, bearer.auth.credentials.source="
              + source
              + "; use STATIC_TOKEN with bearer.auth.token");
    }
    if (source != null && token == null) {
      throw new IllegalArgumentException(
          "bearer.auth.token is not set, and bearer.auth.credentials.source=STATIC_TOKEN wants it");
    }
    return token;
  }

  private @Nullable String user(String url) {
    String source = settings.ofRegistry("basic.auth.credentials.source");
    return switch (source == null ? "URL" : source) {
      case "URL" -> URI.create(url).getUserInfo();
      case "USER_INFO" -> wanted("basic.auth.user.info", source);
      case "SASL_INHERIT" -> inherited();
      default ->
          throw new IllegalArgumentException(
              "this way to a password is not there, basic.auth.credentials.source="
                  + source
                  + "; use URL, USER_INFO or SASL_INHERIT");
    };
  }

  private String wanted(String setting, @Nullable String source) {
    String value = settings.ofRegistry(setting);
    if (value == null) {
      throw new IllegalArgumentException(
          setting + " is not set, and basic.auth.credentials.source=" + source + " wants it");
    }
    return value;
  }

  /** User and password of the client's own connection to brokers. */
  private String inherited() {
    String login = settings.text("sasl.jaas.config");
    Matcher user = USER.matcher(login == null ? "" : login);
    Matcher password = PASSWORD.matcher(login == null ? "" : login);
    if (!user.find() || !password.find()) {
      throw new IllegalArgumentException(
          "sasl.jaas.config has no username=\"...\" and password=\"...\", and"
              + " basic.auth.credentials.source=SASL_INHERIT wants them");
    }
    return user.group(1) + ":" + password.group(1);
  }
}
