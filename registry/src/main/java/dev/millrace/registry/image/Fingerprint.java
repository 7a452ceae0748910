package dev.millrace.registry.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The guid of a definition, the same in Confluent's registry: MD5 over its text, what it refers to,
 * metadata and rules. Names and tags count in their order, rules in the order they are in.
 */
final class Fingerprint {
  private static final byte THERE = 1;
  private static final List<String> RULE_LISTS =
      List.of("migrationRules", "domainRules", "encodingRules");

  private final MessageDigest md5;

  private Fingerprint() {
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  static UUID of(
      String text,
      List<Reference> references,
      @Nullable JsonNode metadata,
      @Nullable JsonNode ruleSet) {
    Fingerprint print = new Fingerprint();
    print.add(text);
    for (Reference reference : references) {
      print.add(reference.name());
      print.add(reference.subject());
      print.md5.update(ByteBuffer.allocate(Integer.BYTES).putInt(reference.version()).flip());
    }
    if (metadata != null) {
      print.md5.update(THERE);
      print.metadata(metadata);
    }
    if (ruleSet != null) {
      print.md5.update(THERE);
      print.rules(ruleSet);
    }
    ByteBuffer digest = ByteBuffer.wrap(print.md5.digest());
    return new UUID(digest.getLong(), digest.getLong());
  }

  private void metadata(JsonNode metadata) {
    sorted(metadata.path("tags"))
        .forEach((path, tags) -> {
          add(path);
          texts(tags);
        });
    values(metadata.path("properties"));
    texts(metadata.path("sensitive"));
  }

  private void rules(JsonNode ruleSet) {
    for (String list : RULE_LISTS) {
      ruleSet.path(list).forEach(this::rule);
    }
    text(ruleSet, "enableAt");
  }

  private void rule(JsonNode rule) {
    for (String name : List.of("name", "doc", "kind", "mode", "type")) {
      text(rule, name);
    }
    texts(rule.path("tags"));
    values(rule.path("params"));
    for (String name : List.of("expr", "onSuccess", "onFailure")) {
      text(rule, name);
    }
    if (rule.path("disabled").asBoolean()) {
      md5.update(THERE);
    }
  }

  private void values(JsonNode object) {
    sorted(object)
        .forEach((name, value) -> {
          add(name);
          add(value.asText());
        });
  }

  private void texts(JsonNode array) {
    TreeSet<String> texts = new TreeSet<>();
    array.forEach(one -> texts.add(one.asText()));
    texts.forEach(this::add);
  }

  private void text(JsonNode object, String name) {
    JsonNode node = object.get(name);
    if (node != null && !node.isNull()) {
      add(node.asText());
    }
  }

  private static Map<String, JsonNode> sorted(JsonNode object) {
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    object.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }

  private void add(String text) {
    md5.update(text.getBytes(StandardCharsets.UTF_8));
  }
}
