package dev.millrace.base.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A setting with its value as DescribeConfigs shows it.
 *
 * @param value null when there is none, and always for sensitive ones
 * @param origins every place that names a value, the strongest first
 */
public record ShownSetting(
    Setting setting,
    @Nullable String value,
    SettingSource source,
    boolean readOnly,
    List<Origin> origins) {

  /** One place that names a value. */
  public record Origin(String name, @Nullable String value, SettingSource source) {}
}
