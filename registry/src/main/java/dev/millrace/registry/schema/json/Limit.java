package dev.millrace.registry.schema.json;

import dev.millrace.registry.schema.rules.Findings;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An upper or a lower limit: it may go or move away, what was written fits then.
 *
 * @param keyword that sets it
 * @param rule its name in findings; what has become of the limit stands behind it
 */
record Limit(String keyword, String rule, boolean isUpper) {
  /**
   * @param before null where there was none
   * @param after null where there is none
   */
  void compare(
      Findings<ShapePair> findings, @Nullable BigDecimal before, @Nullable BigDecimal after) {
    if (after == null) {
      return;
    }
    int order = before == null ? 1 : isUpper ? before.compareTo(after) : after.compareTo(before);
    if (order > 0) {
      String change = before == null ? "_ADDED" : isUpper ? "_DECREASED" : "_INCREASED";
      findings.difference(
          rule + change,
          "/" + keyword,
          keyword
              + " is "
              + (before == null ? "new" : "stricter")
              + ", and what was written may go beyond it, "
              + keyword
              + "="
              + after.toPlainString()
              + (before == null ? "" : " before=" + before.toPlainString()));
    }
  }
}
