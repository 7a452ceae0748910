package dev.millrace.registry.change;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.schema.SchemaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schema as somebody writes it.
 *
 * @param text null for that of the latest version
 * @param metadata null for that of the latest version
 * @param ruleSet null for that of the latest version
 * @param id {@link #ANY} where the registry gives one
 * @param version {@link #NEXT} where the registry gives one; {@link #LATEST} for one that is the
 *     latest in any case: an older version that is the same is not enough
 */
public record Draft(
    SchemaType type,
    @Nullable String text,
    List<Reference> references,
    @Nullable JsonNode metadata,
    @Nullable JsonNode ruleSet,
    int id,
    int version) {
  /** No id is said. */
  public static final int ANY = -1;

  /** No version is said. */
  public static final int NEXT = 0;

  /** The version that is asked for is the latest. */
  public static final int LATEST = -1;

  /** The same with another text. */
  public Draft withText(String other) {
    return new Draft(type, other, references, metadata, ruleSet, id, version);
  }
}
