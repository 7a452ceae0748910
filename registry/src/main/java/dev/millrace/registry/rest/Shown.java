package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.InlineTags;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.RecordFormat;
import dev.millrace.registry.schema.SchemaType;
import java.util.List;

/**
 * How versions and schemas look in answers. The type of Avro is left out, as clients expect it.
 *
 * @param parsing where parsed schemas come from, for other forms of a text
 */
record Shown(Parsing parsing) {

  /** A version with everything that is known of it. */
  ObjectNode version(Image image, Version version, String format) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("subject", version.subject());
    node.put("version", version.version());
    node.put("id", version.id());
    put(node, version.definition(), text(image, version, format));
    node.put("ts", version.timestampMs());
    if (version.deleted()) {
      node.put("deleted", true);
    }
    return node;
  }

  /** The text of a version in a form that somebody asked for. */
  String text(Image image, Version version, String format) {
    return text(
        image, version.definition(), SubjectName.parse(version.subject()).context(), format);
  }

  String text(Image image, Definition definition, String context, String format) {
    return format.isEmpty()
        ? definition.text()
        : parsing.of(image, definition, context).formatted(format);
  }

  /**
   * What somebody asks for beside: tags of parts that have one of {@code findTags}, and with {@code
   * referenceFormat=qualified} the contexts of what is referred to.
   */
  static void extend(ObjectNode node, Definition definition, String context, Request request) {
    List<String> tags = request.texts("findTags");
    if (!tags.isEmpty()) {
      ArrayNode found = InlineTags.found(definition.type(), definition.text(), tags);
      if (!found.isEmpty()) {
        node.set("schemaTags", found);
      }
    }
    if (request.text("referenceFormat", "").equals("qualified") && node.has("references")) {
      node.set(
          "references",
          RecordFormat.references(
              definition.references().stream()
                  .map(reference ->
                      new Reference(
                          reference.name(),
                          SubjectName.parse(reference.subject(), context).text(),
                          reference.version()))
                  .toList()));
    }
  }

  /** A definition without the version that has it. */
  static void put(ObjectNode node, Definition definition, String text) {
    node.put("guid", definition.guid().toString());
    if (definition.type() != SchemaType.AVRO) {
      node.put("schemaType", definition.type().name());
    }
    if (!definition.references().isEmpty()) {
      node.set("references", RecordFormat.references(definition.references()));
    }
    if (definition.metadata() != null) {
      node.set("metadata", definition.metadata());
    }
    if (definition.ruleSet() != null) {
      node.set("ruleSet", definition.ruleSet());
    }
    node.put("schema", text);
  }
}
