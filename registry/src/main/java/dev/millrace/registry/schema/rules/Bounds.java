package dev.millrace.registry.schema.rules;

/** How large a schema may be before anything looks at it. */
public final class Bounds {
  /** The longest text, in characters, together with what it refers to. */
  public static final int TEXT_CHARS_MAX = 8 << 20;

  /** How deep a schema may be nested. */
  public static final int DEPTH_MAX = 200;

  private Bounds() {}
}
