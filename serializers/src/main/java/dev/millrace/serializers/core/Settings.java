package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Access;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.RegistryHttp;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of serializers, under the names people know. Names that are not of ours are left to
 * others: one file holds those of the client as well.
 */
public final class Settings {
  private final Map<String, ?> values;
  private final boolean key;

  /**
   * Settings as a client gives them.
   *
   * @param key whether they are for keys; otherwise for values
   */
  public Settings(Map<String, ?> values, boolean key) {
    this.values = values;
    this.key = key;
  }

  /** Whether this is for keys. */
  public boolean key() {
    return key;
  }

  boolean flag(String name, boolean fallback) {
    Object value = values.get(name);
    return value == null ? fallback : Boolean.parseBoolean(value.toString().trim());
  }

  int number(String name, int fallback) {
    Object value = values.get(name);
    try {
      return value == null ? fallback : Integer.parseInt(value.toString().trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the setting is no whole number, " + name + "=" + value, e);
    }
  }

  @Nullable String text(String name) {
    Object value = values.get(name);
    return value instanceof Class<?> type
        ? type.getName()
        : value == null || value.toString().isBlank() ? null : value.toString().trim();
  }

  /** A setting of the registry's client, under its name or with schema.registry before it. */
  @Nullable String ofRegistry(String name) {
    String value = text(name);
    return value == null ? text("schema.registry." + name) : value;
  }

  /** A setting as it is; null when it is not there. */
  @Nullable Object raw(String name) {
    return values.get(name);
  }

  /** The setting of this name with key or value in front. */
  @Nullable String ofSide(String name) {
    return text((key ? "key." : "value.") + name);
  }

  /** A class that is named by a setting; null when none is. */
  @Nullable Class<?> type(String name) {
    Object value = values.get(name);
    if (value instanceof Class<?> type) {
      return type;
    }
    String className = text(name);
    if (className == null) {
      return null;
    }
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    try {
      return Class.forName(
          className, true, context == null ? Settings.class.getClassLoader() : context);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "the class of a setting is not there, " + name + "=" + className, e);
    }
  }

  boolean headerForm() {
    String form = ofSide("schema.id.serializer");
    return form != null && form.toLowerCase(Locale.ROOT).contains("header");
  }

  /** A client of the registry that {@code schema.registry.url} names. */
  public RegistryClient registry() {
    Object urls = values.get("schema.registry.url");
    List<String> all =
        urls instanceof List<?> list
            ? list.stream().map(Object::toString).toList()
            : urls == null
                ? List.of()
                : Arrays.stream(urls.toString().split(","))
                    .map(String::trim)
                    .filter(url -> !url.isEmpty())
                    .toList();
    if (all.isEmpty()) {
      throw new IllegalArgumentException(
          "schema.registry.url is not set; name the registry, such as http://localhost:9644");
    }
    Duration connect = Duration.ofMillis(number("http.connect.timeout.ms", 60_000));
    Duration read = Duration.ofMillis(number("http.read.timeout.ms", 60_000));
    RegistryHttp http =
        new RegistryHttp(
            all.stream().map(Settings::withoutUser).toList(),
            new Access(new Credentials(this).headers(all.get(0)), new Tls(this).context()),
            connect,
            read);
    return new RegistryClient(http, Duration.ofSeconds(number("latest.cache.ttl.sec", -1)));
  }

  private static String withoutUser(String url) {
    String user = URI.create(url).getRawUserInfo();
    return user == null ? url : url.replace(user + "@", "");
  }
}
