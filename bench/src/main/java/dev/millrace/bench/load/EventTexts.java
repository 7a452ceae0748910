package dev.millrace.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Texts as applications send them: JSON of one length, with names that repeat and ids that don't.
 */
public final class EventTexts {
  /** Length of each text; all characters are ASCII. */
  static final int BYTES = 1024;

  private static final String[] WORDS = {
    "order", "created", "customer", "address", "street", "payment", "accepted", "shipped",
    "invoice", "amount", "currency", "warehouse", "parcel", "return", "status", "pending",
    "region", "north", "south", "priority", "express", "standard", "tracking", "comment"
  };

  private EventTexts() {}

  /** So many texts, always the same for a seed. */
  public static List<String> lines(int count, long seed) {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(line(random));
    }
    return lines;
  }

  private static String line(Random random) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "{\"id\":\"%016x\",\"time\":%d,\"items\":[",
            random.nextLong(),
            1_700_000_000_000L + random.nextInt(1_000_000_000)));
    while (text.length() < BYTES - 100) {
      text.append(
          String.format(
              Locale.ROOT,
              "{\"kind\":\"%s\",\"%s\":%d,\"ref\":\"%08x\"},",
              word(random),
              word(random),
              random.nextInt(100_000),
              random.nextInt()));
    }
    text.append("\"\"],\"pad\":\"");
    text.append("x".repeat(BYTES - text.length() - 2));
    return text.append("\"}").toString();
  }

  private static String word(Random random) {
    return WORDS[random.nextInt(WORDS.length)];
  }
}
