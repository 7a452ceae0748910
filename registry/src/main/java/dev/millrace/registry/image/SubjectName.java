package dev.millrace.registry.image;

/**
 * The name of a subject and the context it lives in. Ids are counted for each context.
 *
 * <pre>
 *   orders-value          subject orders-value of the default context
 *   :.eu:orders-value     subject orders-value of the context .eu
 *   :.eu:                 the context .eu itself, where it has settings
 *   :.:.                  the subject whose name is empty
 * </pre>
 *
 * @param context begins with a dot
 * @param name may be empty
 */
public record SubjectName(String context, String name) {
  /** The context of subjects that name none. */
  public static final String DEFAULT_CONTEXT = ".";

  /** Where settings for all contexts are. */
  public static final String GLOBAL_CONTEXT = ".__GLOBAL";

  /** Stands for the subject whose name is empty, which no path can spell. */
  private static final String EMPTY = ":.:.";

  private static final String MARK = ":.";
  private static final int NAME_CHARACTERS_MAX = 4096;

  /** The name that a text spells. */
  public static SubjectName parse(String text) {
    if (text.equals(EMPTY)) {
      return new SubjectName(DEFAULT_CONTEXT, "");
    }
    if (!text.startsWith(MARK)) {
      return new SubjectName(DEFAULT_CONTEXT, text);
    }
    int end = text.indexOf(':', MARK.length());
    return end < 0
        ? new SubjectName(text.substring(1), "")
        : new SubjectName(text.substring(1, end), text.substring(end + 1));
  }

  /** As {@link #parse}; a name without a context is in this one. */
  public static SubjectName parse(String text, String context) {
    return text.startsWith(MARK) ? parse(text) : new SubjectName(context, text);
  }

  /** Whether it is in the context that needs no name. */
  public boolean isInDefaultContext() {
    return context.equals(DEFAULT_CONTEXT);
  }

  /** Whether schemas may be registered under it. */
  public boolean isValid() {
    return isScope() && !context.equals(GLOBAL_CONTEXT);
  }

  /** Whether something may be set for it. */
  public boolean isScope() {
    return name.length() <= NAME_CHARACTERS_MAX
        && context.length() <= NAME_CHARACTERS_MAX
        && context.startsWith(DEFAULT_CONTEXT)
        && !name.equals("__GLOBAL")
        && !name.equals("__EMPTY")
        && name.chars().noneMatch(Character::isISOControl)
        && context.chars().noneMatch(Character::isISOControl);
  }

  /** How it is spelled; this is the key under which it is known. */
  public String text() {
    return isInDefaultContext() ? name : contextText(context) + name;
  }

  /** How a context is spelled before the names in it: {@code :.eu:}, empty for the default one. */
  public static String contextText(String context) {
    return context.equals(DEFAULT_CONTEXT) ? "" : ":" + context + ":";
  }

  @Override
  public String toString() {
    return text();
  }
}
