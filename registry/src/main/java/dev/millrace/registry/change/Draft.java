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
 * @param version {@link #ANY} where the registry gives one
 */
public record Draft(
    SchemaType type,
    @Nullable String text,
    List<Reference> references,
    @Nullable JsonNode metadata,
    @Nullable JsonNode ruleSet,
    int id,
    int version) {
  /** Not said. */
  public static final int ANY = -1;
}
