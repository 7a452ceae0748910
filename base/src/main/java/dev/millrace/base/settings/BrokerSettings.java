package dev.millrace.base.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of one broker: set for this broker while the cluster runs, then for all
 * brokers, then written by the operator, then built in. Immutable; a change makes a new one.
 */
public final class BrokerSettings implements SettingValues {
  private final StaticSettings written;
  private final Map<String, String> ofCluster;
  private final Map<String, String> ofBroker;

  private BrokerSettings(
      StaticSettings written, Map<String, String> ofCluster, Map<String, String> ofBroker) {
    this.written = written;
    this.ofCluster = ofCluster;
    this.ofBroker = ofBroker;
  }

  public static BrokerSettings of(StaticSettings written) {
    return new BrokerSettings(written, Map.of(), Map.of());
  }

  /**
   * The same with other dynamic layers. They may hold names that no table knows; those are shown by
   * nobody here.
   *
   * @param ofCluster set as the default of all brokers
   * @param ofBroker set for this broker
   */
  public BrokerSettings withDynamic(Map<String, String> ofCluster, Map<String, String> ofBroker) {
    return new BrokerSettings(written, ofCluster, ofBroker);
  }

  public StaticSettings written() {
    return written;
  }

  /** A topic's effective settings, given what was set for the topic itself. */
  public TopicSettings topic(Map<String, String> ofTopic) {
    return new TopicSettings(this, ofTopic);
  }

  /** A group's effective settings, given what was set for the group itself. */
  public GroupSettings group(Map<String, String> ofGroup) {
    return new GroupSettings(this, ofGroup);
  }

  /** What is wanted of clients' own metrics, as it is shown, given what was set. */
  public List<ShownSetting> shownClientMetrics(Map<String, String> own) {
    return new OwnSettings(
            SettingTable.clientMetrics(), SettingSource.DYNAMIC_CLIENT_METRICS, own, this)
        .shownAll();
  }

  @Override
  public @Nullable Object value(String name) {
    Setting setting = SettingTable.broker().setting(name);
    if (!setting.fallbacks().isEmpty()) {
      String text = firstOf(setting.fallbacks());
      return text == null ? null : setting.type().parse(text);
    }
    Origin origin = strongest(name);
    return origin == null || origin.value() == null ? null : setting.type().parse(origin.value());
  }

  /** The broker setting as it is shown to people, with its own name's value only. */
  public ShownSetting shown(String name) {
    Setting setting = SettingTable.broker().setting(name);
    Origin own = strongest(name);
    List<ShownSetting.Origin> origins = new ArrayList<>();
    List<Fallback> names =
        setting.fallbacks().isEmpty() ? List.of(new Fallback(name, 1)) : setting.fallbacks();
    for (Origin origin : origins(names)) {
      if (!origins.isEmpty() || origin.name().equals(name)) {
        origins.add(origin.shown(setting.sensitive()));
      }
    }
    return new ShownSetting(
        setting,
        own == null || setting.sensitive() ? null : own.value(),
        own == null ? SettingSource.DEFAULT : own.source(),
        setting.mode() == UpdateMode.READ_ONLY,
        origins);
  }

  /** The first value that any of these names has, in the first one's unit. */
  @Nullable String firstOf(List<Fallback> names) {
    List<Origin> origins = origins(names);
    return origins.isEmpty() ? null : origins.getFirst().converted();
  }

  /** Every place that names a value for one of these names, the strongest first. */
  List<Origin> origins(List<Fallback> names) {
    List<Origin> origins = new ArrayList<>();
    for (SettingSource source : LAYERS) {
      for (Fallback name : names) {
        String value = valueIn(source, name.name());
        if (value != null) {
          origins.add(new Origin(name, value, source));
        }
      }
    }
    return origins;
  }

  private static final List<SettingSource> LAYERS =
      List.of(
          SettingSource.DYNAMIC_BROKER,
          SettingSource.DYNAMIC_DEFAULT_BROKER,
          SettingSource.STATIC_BROKER,
          SettingSource.DEFAULT);

  private @Nullable Origin strongest(String name) {
    List<Origin> origins = origins(List.of(new Fallback(name, 1)));
    return origins.isEmpty() ? null : origins.getFirst();
  }

  private @Nullable String valueIn(SettingSource source, String name) {
    return switch (source) {
      case DYNAMIC_BROKER -> ofBroker.get(name);
      case DYNAMIC_DEFAULT_BROKER -> ofCluster.get(name);
      case STATIC_BROKER -> written.values().get(name);
      case DEFAULT -> SettingTable.broker().setting(name).defaultValue();
      case DYNAMIC_GROUP, DYNAMIC_CLIENT_METRICS, DYNAMIC_TOPIC -> null;
    };
  }

  /** A value under one of the names that count. */
  record Origin(Fallback fallback, String value, SettingSource source) {
    String name() {
      return fallback.name();
    }

    String converted() {
      return fallback.convert(value);
    }

    ShownSetting.Origin shown(boolean sensitive) {
      return new ShownSetting.Origin(name(), sensitive ? null : value, source);
    }
  }
}
