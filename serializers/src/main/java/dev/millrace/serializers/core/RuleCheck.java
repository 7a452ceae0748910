package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.Rule;
import java.util.Set;

/**
 * Rules are not run here. A value that was to be checked, changed or encrypted is not written as if
 * it had been, nor read: clients that run rules fail too when they lack what a rule needs. A rule
 * whose failure means nothing ({@code onFailure=NONE}) is passed over.
 */
final class RuleCheck {
  private static final Set<String> WRITING = Set.of("WRITE", "WRITEREAD");
  private static final Set<String> READING = Set.of("READ", "WRITEREAD");
  private static final Set<String> MIGRATING = Set.of("UPGRADE", "DOWNGRADE", "UPDOWN");

  private RuleCheck() {}

  /**
   * Refuses a schema whose rules speak of writing.
   *
   * @throws IllegalStateException when one has to be run; the message names it
   */
  static void write(Registered schema, String where) {
    check(schema, WRITING, 0, where);
  }

  /** Refuses a schema whose rules speak of reading; otherwise as {@link #write}. */
  static void read(Registered schema, String where) {
    check(schema, READING, 1, where);
  }

  /** Refuses a schema whose rules change values of other versions; as {@link #write}. */
  static void migrate(Registered schema, String where) {
    check(schema, MIGRATING, 0, where);
  }

  private static void check(Registered schema, Set<String> modes, int which, String where) {
    for (Rule rule : schema.rules()) {
      String[] actions = rule.onFailure().split(",", -1);
      String action = actions[Math.min(which, actions.length - 1)].strip();
      if (modes.contains(rule.mode()) && !action.equals("NONE")) {
        throw new IllegalStateException(
            "the schema has a rule, and rules are not run here, "
                + where
                + " id="
                + schema.id()
                + " rule="
                + rule.name()
                + " type="
                + rule.type()
                + " mode="
                + rule.mode()
                + "; use a client that runs it, disable the rule, or give it onFailure=NONE");
      }
    }
  }
}
