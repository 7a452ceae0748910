package dev.millrace.server.command.doctor;

import dev.millrace.server.command.terminal.Listing;
import java.util.List;

/** What {@code millrace doctor} has looked at, and what it says about it. */
final class Findings {
  private static final int SHOWN_MAX = 5;

  private final Listing listing = Listing.of("check", "verdict", "explanation");
  private boolean isIll;

  void well(String check, String explanation) {
    listing.add(check, "ok", explanation);
  }

  /**
   * @param explanation what is wrong and what to do
   */
  void ill(String check, String explanation) {
    isIll = true;
    listing.add(check, "problem", explanation);
  }

  boolean isIll() {
    return isIll;
  }

  Listing listing() {
    return listing;
  }

  /** The first of them. */
  static String some(List<String> names, String separator) {
    return String.join(separator, names.subList(0, Math.min(SHOWN_MAX, names.size())))
        + (names.size() > SHOWN_MAX ? " …" : "");
  }
}
