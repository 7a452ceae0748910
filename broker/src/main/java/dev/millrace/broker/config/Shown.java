package dev.millrace.broker.config;

import dev.millrace.base.settings.Setting;
import dev.millrace.base.settings.ShownSetting;
import dev.millrace.base.settings.Support;
import dev.millrace.wire.message.DescribeConfigsRequest;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings as DescribeConfigs shows them.
 *
 * @param synonyms whether the places that name a value are wanted
 * @param documentation whether a sentence about each setting is wanted
 */
record Shown(boolean synonyms, boolean documentation) {
  /** Type of a setting whose type is not known. */
  private static final byte UNKNOWN_TYPE = 0;

  private static final byte STRING_TYPE = 2;

  /** Source of a logger's level. */
  private static final byte LOGGER_SOURCE = 6;

  static Shown as(DescribeConfigsRequest request) {
    return new Shown(request.includeSynonyms(), request.includeDocumentation());
  }

  DescribeConfigsResourceResult setting(ShownSetting shown) {
    Setting setting = shown.setting();
    return DescribeConfigsResourceResult.builder()
        .name(setting.name())
        .value(setting.sensitive() ? null : shown.value())
        .readOnly(shown.readOnly())
        .configSource(shown.source().number())
        .isSensitive(setting.sensitive())
        .synonyms(synonyms ? shown.origins().stream().map(Shown::synonym).toList() : List.of())
        .configType(setting.type().number())
        .documentation(documentation ? sentence(setting) : null)
        .build();
  }

  /** A name that was set for brokers and that no table knows: its value may be a secret. */
  DescribeConfigsResourceResult unknown(String name, byte source) {
    return DescribeConfigsResourceResult.builder()
        .name(name)
        .value(null)
        .readOnly(true)
        .configSource(source)
        .isSensitive(true)
        .synonyms(synonyms ? List.of(synonym(name, null, source)) : List.of())
        .configType(UNKNOWN_TYPE)
        .build();
  }

  DescribeConfigsResourceResult logger(String name, LogLevel level) {
    return DescribeConfigsResourceResult.builder()
        .name(name)
        .value(level.name())
        .configSource(LOGGER_SOURCE)
        .configType(STRING_TYPE)
        .build();
  }

  private static DescribeConfigsSynonym synonym(ShownSetting.Origin origin) {
    return synonym(origin.name(), origin.value(), origin.source().number());
  }

  private static DescribeConfigsSynonym synonym(String name, @Nullable String value, byte source) {
    return DescribeConfigsSynonym.builder().name(name).value(value).source(source).build();
  }

  private static String sentence(Setting setting) {
    String honoured =
        setting.support() == Support.HONOURED ? "" : "; has no effect: " + setting.remark();
    return "allowed: "
        + setting.allowed().description()
        + "; update mode: "
        + setting.mode().word()
        + honoured;
  }
}
