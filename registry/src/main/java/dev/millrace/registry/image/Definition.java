package dev.millrace.registry.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.registry.schema.SchemaType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that makes a schema what it is: two definitions with one {@link #guid} share an id
 * within a context.
 *
 * @param text in canonical form
 * @param references to registered versions
 * @param metadata {@code tags}, {@code properties}, {@code sensitive}; null for none
 * @param ruleSet {@code migrationRules}, {@code domainRules}, {@code encodingRules}; null for none
 * @param guid the same in every cluster
 */
public record Definition(
    SchemaType type,
    String text,
    List<Reference> references,
    @Nullable JsonNode metadata,
    @Nullable JsonNode ruleSet,
    UUID guid) {

  /** A definition, whose guid is computed. */
  public static Definition of(
      SchemaType type,
      String text,
      List<Reference> references,
      @Nullable JsonNode metadata,
      @Nullable JsonNode ruleSet) {
    return new Definition(
        type,
        text,
        List.copyOf(references),
        metadata,
        ruleSet,
        guid(text, references, metadata, ruleSet));
  }

  /** The same schema with other metadata and rules. */
  public Definition with(@Nullable JsonNode otherMetadata, @Nullable JsonNode otherRules) {
    return of(type, text, references, otherMetadata, otherRules);
  }

  /** MD5 over text, references, metadata and rules, as Confluent's registry computes it. */
  private static UUID guid(
      String text,
      List<Reference> references,
      @Nullable JsonNode metadata,
      @Nullable JsonNode ruleSet) {
    MessageDigest md5 = md5();
    add(md5, text);
    for (Reference reference : references) {
      add(md5, reference.name());
      add(md5, reference.subject());
      md5.update(ByteBuffer.allocate(Integer.BYTES).putInt(reference.version()).flip());
    }
    addTexts(md5, metadata);
    addTexts(md5, ruleSet);
    ByteBuffer digest = ByteBuffer.wrap(md5.digest());
    return new UUID(digest.getLong(), digest.getLong());
  }

  /** Names and values in the order in which they stand there. */
  private static void addTexts(MessageDigest md5, @Nullable JsonNode node) {
    if (node == null) {
      return;
    }
    if (node.isObject()) {
      node.properties()
          .forEach(field -> {
            add(md5, field.getKey());
            addTexts(md5, field.getValue());
          });
    } else if (node.isArray()) {
      node.forEach(one -> addTexts(md5, one));
    } else {
      add(md5, node.asText());
    }
  }

  private static void add(MessageDigest md5, String text) {
    md5.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
