package dev.millrace.registry.change;

import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.schema.InvalidSchemaException;
import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.Schema;
import dev.millrace.registry.schema.SchemaType;
import dev.millrace.registry.schema.Schemas;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parsed schemas, with what they refer to taken from an image. Keeps those that were used last: a
 * text with its resolved references always means the same. Safe for any thread.
 */
public final class Parsing {
  private static final int KEPT_MAX = 2_000;
  private static final long KEPT_CHARACTERS_MAX = 16 << 20;

  /** How deep references may go. */
  private static final int DEPTH_MAX = 100;

  /** How many schemas one may refer to, with all that those refer to. */
  private static final int REFERENCES_MAX = 1_000;

  private final Map<Source, Schema> kept =
      Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true));
  private long keptCharacters;

  /** All that decides what a text means. */
  private record Source(SchemaType type, String text, List<Named> references, boolean isStored) {}

  /**
   * A schema that is registered.
   *
   * @param context in which its references are looked for
   * @throws Refusal when it cannot be parsed
   */
  public Schema of(Image image, Definition definition, String context) {
    return parse(
        definition.type(),
        definition.text(),
        resolve(image, definition.references(), context, true),
        true);
  }

  /**
   * A schema that somebody writes.
   *
   * @throws Refusal 42201 when it is none, or refers to what is not there
   */
  public Schema of(
      Image image, SchemaType type, String text, List<Reference> references, String context) {
    return parse(type, text, resolve(image, references, context, false), false);
  }

  /** References whose version is a number. */
  public static List<Reference> pinned(Image image, List<Reference> references, String context) {
    List<Reference> pinned = new ArrayList<>(references.size());
    for (Reference reference : references) {
      Version version = find(image, reference, context, false);
      int number = version == null ? reference.version() : version.version();
      pinned.add(new Reference(reference.name(), reference.subject(), number));
    }
    return pinned;
  }

  private Schema parse(SchemaType type, String text, List<Named> references, boolean isStored) {
    Source source = new Source(type, text, references, isStored);
    Schema known = kept.get(source);
    if (known != null) {
      return known;
    }
    Schema schema;
    try {
      schema =
          isStored ? Schemas.stored(type, text, references) : Schemas.parse(type, text, references);
    } catch (InvalidSchemaException e) {
      throw Refusal.invalidSchema(
          "Invalid schema of type " + type + ", details: " + e.getMessage());
    }
    keep(source, schema);
    return schema;
  }

  private void keep(Source source, Schema schema) {
    synchronized (kept) {
      if (kept.put(source, schema) == null) {
        keptCharacters += characters(source);
      }
      var eldest = kept.entrySet().iterator();
      while (kept.size() > KEPT_MAX || (keptCharacters > KEPT_CHARACTERS_MAX && kept.size() > 1)) {
        keptCharacters -= characters(eldest.next().getKey());
        eldest.remove();
      }
    }
  }

  private static long characters(Source source) {
    long sum = source.text().length();
    for (Named named : source.references()) {
      sum += named.text().length();
    }
    return sum;
  }

  private static List<Named> resolve(
      Image image, List<Reference> references, String context, boolean deletedToo) {
    List<Named> resolved = new ArrayList<>();
    Resolution resolution = new Resolution(image, deletedToo, resolved, new HashSet<>());
    resolution.add(references, context, 0);
    return List.copyOf(resolved);
  }

  /** One walk through references; a schema stands behind those that it needs. */
  private record Resolution(
      Image image, boolean deletedToo, List<Named> resolved, Set<String> names) {
    void add(List<Reference> references, String context, int depth) {
      if (depth > DEPTH_MAX) {
        throw Refusal.invalidSchema("references go too deep, max=" + DEPTH_MAX);
      }
      for (Reference reference : references) {
        if (!names.add(reference.name())) {
          continue;
        }
        if (names.size() > REFERENCES_MAX) {
          throw Refusal.invalidSchema("too many references, max=" + REFERENCES_MAX);
        }
        Version version = find(image, reference, context, deletedToo);
        if (version == null) {
          throw Refusal.invalidSchema(
              "No schema reference found for subject \""
                  + reference.subject()
                  + "\" and version "
                  + reference.version());
        }
        String inside = SubjectName.parse(version.subject()).context();
        add(version.definition().references(), inside, depth + 1);
        resolved.add(new Named(reference.name(), version.definition().text()));
      }
    }
  }

  private static @Nullable Version find(
      Image image, Reference reference, String context, boolean deletedToo) {
    if (reference.version() == Reference.LATEST) {
      Subject subject = image.subject(SubjectName.parse(reference.subject(), context).text());
      return subject == null ? null : subject.latest();
    }
    Version version = image.version(Image.place(reference, context));
    return version != null && version.deleted() && !deletedToo ? null : version;
  }
}
