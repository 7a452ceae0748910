package dev.millrace.base.bytes;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A 128-bit id of a topic, directory or incarnation. Its text is URL-safe Base64 without padding,
 * 22 characters, as Kafka's tools print it.
 */
public record Uuid(long mostSignificantBits, long leastSignificantBits)
    implements Comparable<Uuid> {
  /** "No id". */
  public static final Uuid ZERO = new Uuid(0, 0);

  private static final int TEXT_LENGTH = 22;
  private static final int RESERVED = 100;

  /**
   * A random id of version 4 whose text does not start with a dash (command lines would take it for
   * an option) and which is none of the 100 reserved ones.
   */
  public static Uuid random(RandomGenerator random) {
    while (true) {
      long most = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
      long least = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
      Uuid uuid = new Uuid(most, least);
      if (!uuid.isReserved() && !uuid.toString().startsWith("-")) {
        return uuid;
      }
    }
  }

  /**
   * Reads the 22-character text.
   *
   * @throws IllegalArgumentException when the text is no id
   */
  public static Uuid parse(String text) {
    if (text.length() > TEXT_LENGTH + 2) {
      throw new IllegalArgumentException(
          "id is too long, text=" + text.substring(0, TEXT_LENGTH) + "…");
    }
    byte[] bytes = Base64.getUrlDecoder().decode(text);
    if (bytes.length != 16) {
      throw new IllegalArgumentException(
          "id must have 16 bytes, bytes=" + bytes.length + " text=" + text);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Uuid(buffer.getLong(), buffer.getLong());
  }

  /** Whether this is one of the first 100 ids, which Kafka keeps for special meanings. */
  public boolean isReserved() {
    return mostSignificantBits == 0 && leastSignificantBits >= 0 && leastSignificantBits < RESERVED;
  }

  // Both are written out, because those that the JDK makes for a record at their first use cost a
  // start tens of milliseconds.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Uuid uuid
        && mostSignificantBits == uuid.mostSignificantBits
        && leastSignificantBits == uuid.leastSignificantBits;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(mostSignificantBits ^ leastSignificantBits);
  }

  @Override
  public int compareTo(Uuid other) {
    int high = Long.compare(mostSignificantBits, other.mostSignificantBits);
    return high != 0 ? high : Long.compare(leastSignificantBits, other.leastSignificantBits);
  }

  @Override
  public String toString() {
    ByteBuffer buffer = ByteBuffer.allocate(16);
    buffer.putLong(mostSignificantBits).putLong(leastSignificantBits);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
  }
}
