package dev.millrace.registry.rest;

import dev.millrace.base.bytes.Bytes;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request.
 *
 * @param method in capitals
 * @param path segments, each decoded
 * @param query values by name, decoded, in their order
 * @param contentType of the body, empty when nothing is said
 */
public record Request(
    String method,
    List<String> path,
    Map<String, List<String>> query,
    String contentType,
    Bytes body) {
  private static final int SEGMENTS_MAX = 16;
  private static final int PARAMETERS_MAX = 64;

  /**
   * A request as it comes over HTTP.
   *
   * @param rawPath begins with a slash, still encoded: a subject may hold encoded slashes
   * @param rawQuery still encoded, null for none
   * @throws IllegalArgumentException when an encoding is none, or there is too much of it
   */
  public static Request of(
      String method, String rawPath, @Nullable String rawQuery, String contentType, Bytes body) {
    List<String> path = new ArrayList<>();
    for (String segment : rawPath.split("/", SEGMENTS_MAX + 1)) {
      if (!segment.isEmpty()) {
        path.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
    }
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (rawQuery != null && !rawQuery.isEmpty()) {
      for (String pair : rawQuery.split("&", PARAMETERS_MAX)) {
        int at = pair.indexOf('=');
        String name = decoded(at < 0 ? pair : pair.substring(0, at));
        query
            .computeIfAbsent(name, key -> new ArrayList<>())
            .add(at < 0 ? "" : decoded(pair.substring(at + 1)));
      }
    }
    return new Request(method, path, query, contentType, body);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** A parameter, or null when it is not there. */
  @Nullable String text(String name) {
    List<String> values = query.get(name);
    return values == null ? null : values.getFirst();
  }

  String text(String name, String fallback) {
    String value = text(name);
    return value == null ? fallback : value;
  }

  boolean flag(String name) {
    String value = text(name);
    return value != null && (value.isEmpty() || value.equalsIgnoreCase("true"));
  }

  /** A number, the fallback when it is not there or none. */
  int number(String name, int fallback) {
    String value = text(name);
    try {
      return value == null ? fallback : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      return fallback;
    }
  }

  List<String> texts(String name) {
    return query.getOrDefault(name, List.of());
  }
}
