package dev.millrace.registry.record;

import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.registry.schema.SchemaType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what nearly all of a topic is, versions without references, metadata and rules, in one pass
 * over their bytes: ten times as fast as by a tree, which is what a start with many schemas waits
 * for. Takes only what has the fields and the order in which Confluent's registry and this one
 * write, in ASCII with short escapes; everything else is left to {@link RecordFormat}, which reads
 * the same out of it. Belongs to one thread.
 *
 * <pre>
 *   {"keytype":"SCHEMA","subject":S,"version":V,"magic":1}
 *   {"subject":S,"version":V,"id":I[,"md5":M][,"schemaType":T],"schema":TEXT,"deleted":false}
 * </pre>
 */
public final class PlainVersions {
  private static final byte[] KEY = ascii("{\"keytype\":\"SCHEMA\",\"subject\":\"");
  private static final byte[] KEY_VERSION = ascii(",\"version\":");
  private static final byte[] KEY_END = ascii(",\"magic\":1}");
  private static final byte[] SUBJECT = ascii("{\"subject\":\"");
  private static final byte[] ID = ascii(",\"id\":");
  private static final byte[] MD5 = ascii(",\"md5\":\"");
  private static final byte[] TYPE = ascii(",\"schemaType\":\"");
  private static final byte[] SCHEMA = ascii(",\"schema\":\"");
  private static final byte[] KEPT = ascii(",\"deleted\":false}");
  private static final byte[] DELETED = ascii(",\"deleted\":true}");

  /** So many digits are always an int. */
  private static final int DIGITS_MAX = 9;

  private static final int NONE = -1;

  private final MessageDigest md5;
  private byte[] bytes = new byte[0];
  private int at;
  private byte[] text = new byte[1 << 10];
  private int textBytes;

  /** A reader. */
  public PlainVersions() {
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The version of a record, or null when it has to be read with more care. A key that is read here
   * is spelled as {@link RecordFormat#key} spells it.
   *
   * @param timestampMs of the record
   */
  public @Nullable Version read(Written record, long timestampMs) {
    if (record.value() == null) {
      return null;
    }
    begin(record.key().toArray());
    String subject = pass(KEY) ? plain() : null;
    int version = subject != null && pass(KEY_VERSION) ? number() : NONE;
    if (subject == null || version <= 0 || !pass(KEY_END) || at != bytes.length) {
      return null;
    }
    begin(record.value().toArray());
    if (!pass(SUBJECT) || plain() == null || !pass(KEY_VERSION) || number() < 0 || !pass(ID)) {
      return null;
    }
    int id = number();
    if (id < 0 || (pass(MD5) && plain() == null)) {
      return null;
    }
    SchemaType type = pass(TYPE) ? type(plain()) : SchemaType.AVRO;
    if (type == null || !pass(SCHEMA) || !text()) {
      return null;
    }
    boolean isDeleted = pass(DELETED);
    if ((!isDeleted && !pass(KEPT)) || at != bytes.length) {
      return null;
    }
    return new Version(subject, version, id, definition(type), isDeleted, timestampMs);
  }

  private Definition definition(SchemaType type) {
    md5.update(text, 0, textBytes);
    ByteBuffer digest = ByteBuffer.wrap(md5.digest());
    return new Definition(
        type,
        new String(text, 0, textBytes, StandardCharsets.ISO_8859_1),
        List.of(),
        null,
        null,
        new UUID(digest.getLong(), digest.getLong()));
  }

  private void begin(byte[] content) {
    bytes = content;
    at = 0;
  }

  /** Passes over a word if it stands here. */
  private boolean pass(byte[] word) {
    int end = at + word.length;
    boolean isHere = end <= bytes.length && Arrays.equals(bytes, at, end, word, 0, word.length);
    at = isHere ? end : at;
    return isHere;
  }

  /** What stands before the next quotation mark, without escapes; null when there is one. */
  private @Nullable String plain() {
    int start = at;
    while (at < bytes.length && bytes[at] >= ' ' && bytes[at] != '\\') {
      if (bytes[at++] == '"') {
        return new String(bytes, start, at - 1 - start, StandardCharsets.ISO_8859_1);
      }
    }
    return null;
  }

  private static @Nullable SchemaType type(@Nullable String name) {
    return switch (name) {
      case "AVRO" -> SchemaType.AVRO;
      case "JSON" -> SchemaType.JSON;
      case "PROTOBUF" -> SchemaType.PROTOBUF;
      case null, default -> null;
    };
  }

  /** A number without a sign; -1 when there is none, or a larger one. */
  private int number() {
    int start = at;
    int number = 0;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9' && at - start <= DIGITS_MAX) {
      number = number * 10 + bytes[at++] - '0';
    }
    int digits = at - start;
    boolean isOne = digits > 0 && digits <= DIGITS_MAX && (digits == 1 || bytes[start] != '0');
    return isOne ? number : NONE;
  }

  /** Takes the text before the next quotation mark; false when it is no plain one. */
  private boolean text() {
    if (text.length < bytes.length) {
      text = new byte[bytes.length];
    }
    byte[] from = bytes;
    byte[] to = text;
    int written = 0;
    for (int read = at; read < from.length; ) {
      byte letter = from[read++];
      if (letter == '"') {
        at = read;
        textBytes = written;
        return true;
      }
      if (letter == '\\') {
        letter = read < from.length ? escaped(from[read++]) : 0;
        if (letter == 0) {
          return false;
        }
      } else if (letter < ' ') {
        return false;
      }
      to[written++] = letter;
    }
    return false;
  }

  /** What an escape stands for; 0 for one that has more letters, or is none. */
  private static byte escaped(byte letter) {
    return switch (letter) {
      case '"', '\\', '/' -> letter;
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> 0;
    };
  }
}
