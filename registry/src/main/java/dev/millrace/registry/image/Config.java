package dev.millrace.registry.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a subject, a context or all. Immutable: the node it was made of is not changed.
 *
 * @param fields by their names in {@code _schemas}; only those that are set
 */
public record Config(ObjectNode fields) {
  public static final String LEVEL = "compatibilityLevel";
  public static final String ALIAS = "alias";
  public static final String ALIAS_FOR_KEYS = "aliasForDeks";
  public static final String NORMALIZE = "normalize";
  public static final String GROUP = "compatibilityGroup";
  public static final String DEFAULT_METADATA = "defaultMetadata";
  public static final String OVERRIDE_METADATA = "overrideMetadata";
  public static final String DEFAULT_RULES = "defaultRuleSet";
  public static final String OVERRIDE_RULES = "overrideRuleSet";

  public static final String POLICY = "compatibilityPolicy";

  /** Those that are true or false. */
  public static final List<String> FLAGS =
      List.of(NORMALIZE, "validateFields", "validateRules", "validateNewSchemas");

  /** All names, in the order in which they are shown. */
  public static final List<String> NAMES =
      List.of(
          ALIAS,
          ALIAS_FOR_KEYS,
          NORMALIZE,
          "validateFields",
          "validateNewSchemas",
          "validateRules",
          LEVEL,
          POLICY,
          GROUP,
          DEFAULT_METADATA,
          OVERRIDE_METADATA,
          DEFAULT_RULES,
          OVERRIDE_RULES);

  /** Nothing is set. */
  public static final Config EMPTY = new Config(JsonNodeFactory.instance.objectNode());

  /** What applies where nothing was said. */
  public static final Level LEVEL_DEFAULT = Level.BACKWARD;

  public @Nullable Level level() {
    String name = text(LEVEL);
    return name == null ? null : Level.named(name);
  }

  /** The subject that is meant by this one, or null. */
  public @Nullable String alias() {
    return text(ALIAS);
  }

  public @Nullable Boolean normalize() {
    JsonNode node = fields.get(NORMALIZE);
    return node == null ? null : node.asBoolean();
  }

  /** The metadata property whose value versions must share to be compared, or null. */
  public @Nullable String group() {
    return text(GROUP);
  }

  /** Whether they say something for metadata or rules of what is registered. */
  public boolean completesSchemas() {
    return fields.has(DEFAULT_METADATA)
        || fields.has(OVERRIDE_METADATA)
        || fields.has(DEFAULT_RULES)
        || fields.has(OVERRIDE_RULES);
  }

  public @Nullable JsonNode field(String name) {
    return fields.get(name);
  }

  /** These settings, and where they are silent those of {@code wider}. */
  public Config over(@Nullable Config wider) {
    if (wider == null) {
      return this;
    }
    ObjectNode merged = wider.fields.deepCopy();
    merged.remove(ALIAS);
    merged.setAll(fields);
    return new Config(merged);
  }

  private @Nullable String text(String name) {
    JsonNode node = fields.get(name);
    return node == null || node.asText().isEmpty() ? null : node.asText();
  }
}
