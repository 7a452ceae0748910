package dev.millrace.base.settings;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All settings of one scope by name. Names, types, defaults and limits are those of Apache Kafka
 * 4.3; names that start with {@code millrace.} (and the topic setting {@code flush.policy}) are our
 * own. The tables are text resources beside this class, read once.
 */
public final class SettingTable {
  private final Map<String, Setting> byName;

  private SettingTable(Map<String, Setting> byName) {
    this.byName = byName;
  }

  /** What a node is started with. */
  public static SettingTable broker() {
    return Broker.TABLE;
  }

  /** What a topic may have of its own. */
  public static SettingTable topic() {
    return Topic.TABLE;
  }

  /** What a group may have of its own. */
  public static SettingTable group() {
    return Group.TABLE;
  }

  /** What is wanted of clients' own metrics (KIP-714). */
  public static SettingTable clientMetrics() {
    return ClientMetrics.TABLE;
  }

  public @Nullable Setting find(String name) {
    return byName.get(name);
  }

  /**
   * @throws SettingException when there is no such setting; the message names the nearest one
   */
  public Setting setting(String name) {
    Setting setting = byName.get(name);
    if (setting == null) {
      throw new SettingException(name, unknown(name));
    }
    return setting;
  }

  /** Every setting, by name in order. */
  public Collection<Setting> all() {
    return byName.values();
  }

  /** The sentence for a name that is not in the table. */
  public String unknown(String name) {
    String nearest = nearest(name);
    return "there is no setting "
        + name
        + (nearest == null ? "" : ", did you mean " + nearest + "?");
  }

  /** The name that is most like {@code name}, or null when none is much like it. */
  public @Nullable String nearest(String name) {
    return Spelling.nearest(name, byName.keySet());
  }

  private static final class Broker {
    static final SettingTable TABLE = read("broker.tsv");
  }

  private static final class Topic {
    static final SettingTable TABLE = read("topic.tsv");
  }

  private static final class Group {
    static final SettingTable TABLE = read("group.tsv");
  }

  private static final class ClientMetrics {
    static final SettingTable TABLE = read("client-metrics.tsv");
  }

  private static SettingTable read(String resource) {
    Map<String, Setting> byName = new TreeMap<>();
    for (String line : Resource.lines(resource)) {
      Setting setting = parse(line);
      byName.put(setting.name(), setting);
    }
    return new SettingTable(Collections.unmodifiableMap(byName));
  }

  private static Setting parse(String line) {
    String[] fields = Arrays.copyOf(line.split("\t", -1), 9);
    String fallbacks = Objects.requireNonNullElse(fields[8], "");
    return new Setting(
        fields[0],
        SettingType.valueOf(fields[1]),
        fields[2].equals("~") ? null : fields[2],
        Allowed.parse(fields[3]),
        UpdateMode.ofWord(fields[4]),
        Support.valueOf(fields[5].toUpperCase(Locale.ROOT)),
        Objects.requireNonNullElse(fields[6], ""),
        "internal".equals(fields[7]),
        fallbacks.isEmpty()
            ? List.of()
            : Arrays.stream(fallbacks.split(", ")).map(Fallback::parse).toList());
  }

  /** Lines of a text beside this class; blank ones and those that start with # are left out. */
  static final class Resource {
    private Resource() {}

    static List<String> lines(String name) {
      try (InputStream in = SettingTable.class.getResourceAsStream(name);
          BufferedReader reader =
              new BufferedReader(
                  new InputStreamReader(
                      Objects.requireNonNull(in, name), StandardCharsets.UTF_8))) {
        return reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
      } catch (IOException fault) {
        throw new UncheckedIOException(fault);
      }
    }
  }
}
