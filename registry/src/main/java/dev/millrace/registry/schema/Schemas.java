package dev.millrace.registry.schema;

import java.util.List;

/** Texts become schemas here. Safe for any number of threads. */
public final class Schemas {
  /** The longest text that is looked at, in characters; references count each for itself. */
  public static final int TEXT_CHARS_MAX = 8 << 20;

  /** How deep a schema may be nested. */
  public static final int DEPTH_MAX = 200;

  private Schemas() {}

  /**
   * Reads a schema.
   *
   * @param references what the text refers to, in dependency order, transitive ones included
   * @throws InvalidSchemaException when the text is no schema of that type; never any other
   *     exception or error
   */
  public static Schema parse(SchemaType type, String text, List<Named> references)
      throws InvalidSchemaException {
    return read(type, text, references, true);
  }

  /**
   * Reads a schema that was accepted before, perhaps by an older registry: defaults that do not fit
   * their type are let through.
   *
   * @throws InvalidSchemaException as {@link #parse}
   */
  public static Schema stored(SchemaType type, String text, List<Named> references)
      throws InvalidSchemaException {
    return read(type, text, references, false);
  }

  private static Schema read(SchemaType type, String text, List<Named> references, boolean strict)
      throws InvalidSchemaException {
    throw new InvalidSchemaException(
        "schemas of this type are not read yet, type="
            + type
            + " references="
            + references.size()
            + " chars="
            + text.length()
            + " strict="
            + strict);
  }
}
