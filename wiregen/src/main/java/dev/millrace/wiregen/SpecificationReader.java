package dev.millrace.wiregen;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;

/** Reads one JSON specification; comments are allowed in it. */
final class SpecificationReader {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();

  /** Names that the generated methods use themselves. */
  private static final Set<String> TAKEN =
      Set.of(
          "version",
          "in",
          "out",
          "bytes",
          "tag",
          "end",
          "taggedFields",
          "element",
          "builder",
          "f",
          "i");

  private final List<Struct> structs = new ArrayList<>();
  private final Versions valid;

  private SpecificationReader(Versions valid) {
    this.valid = valid;
  }

  static Specification read(InputStream json) throws IOException {
    JsonNode root = MAPPER.readTree(json);
    Versions valid = Versions.parse(root.get("validVersions").asText());
    return new SpecificationReader(valid).specification(root);
  }

  private Specification specification(JsonNode root) {
    Set<String> listeners = new TreeSet<>();
    root.path("listeners").forEach(listener -> listeners.add(listener.asText()));
    Struct top = new Struct(root.get("name").asText(), fields(root.path("fields")));
    root.path("commonStructs")
        .forEach(
            node -> structs.add(new Struct(node.get("name").asText(), fields(node.get("fields")))));
    return new Specification(
        top.name(),
        root.path("apiKey").asInt(-1),
        root.get("type").asText(),
        valid,
        Versions.parse(root.path("flexibleVersions").asText("none")),
        root.path("latestVersionUnstable").asBoolean(false),
        listeners,
        top,
        structs);
  }

  private List<Field> fields(JsonNode nodes) {
    List<Field> fields = new ArrayList<>();
    for (JsonNode node : nodes) {
      Field field = field(node);
      // what only versions had that are gone is of no use
      if (valid.isEmpty() || !field.versions().and(valid).isEmpty()) {
        fields.add(field);
      }
    }
    return fields;
  }

  private Field field(JsonNode node) {
    FieldType type = FieldType.parse(node.get("type").asText());
    if (node.has("fields")) {
      FieldType.Struct struct =
          (FieldType.Struct) (type instanceof FieldType.Array array ? array.element() : type);
      structs.add(new Struct(struct.name(), fields(node.get("fields"))));
    }
    Versions tagged = Versions.parse(node.path("taggedVersions").asText("none"));
    return new Field(
        identifier(node.get("name").asText()),
        type,
        node.has("versions") ? Versions.parse(node.get("versions").asText()) : tagged,
        Versions.parse(node.path("nullableVersions").asText("none")),
        tagged,
        node.path("tag").asInt(-1),
        node.has("flexibleVersions") ? Versions.parse(node.get("flexibleVersions").asText()) : null,
        node.path("ignorable").asBoolean(false),
        fallback(node));
  }

  /** A bare null of JSON is no default, unlike the text "null", which means the value null. */
  private static @Nullable String fallback(JsonNode node) {
    return node.hasNonNull("default") ? node.get("default").asText().trim() : null;
  }

  private static String identifier(String name) {
    String camel = Character.toLowerCase(name.charAt(0)) + name.substring(1);
    return SourceVersion.isKeyword(camel) || TAKEN.contains(camel) ? camel + "Value" : camel;
  }
}
