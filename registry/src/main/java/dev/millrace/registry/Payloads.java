package dev.millrace.registry;

import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.IdSpace.Identified;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.schema.Schema;
import dev.millrace.registry.schema.SchemaType;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges keys and values of records by what is registered. Remembers what it found out about an id
 * until anything is registered or deleted. Never blocks; any thread.
 */
public final class Payloads {
  private static final byte MAGIC_ID = 0;
  private static final byte MAGIC_GUID = 1;
  private static final int PREFIX_BYTES = 1 + Integer.BYTES;
  private static final int GUID_BYTES = 1 + 2 * Long.BYTES;
  private static final int KNOWN_MAX = 10_000;

  private final Parsing parsing;
  private volatile Known known = new Known(Image.EMPTY, new ConcurrentHashMap<>());

  /** How the subject of a schema is called. */
  public enum Naming {
    TOPIC,
    RECORD,
    TOPIC_RECORD
  }

  /**
   * What is wanted of a key or a value.
   *
   * @param isKey whether it is a key
   * @param byContent whether its bytes must be what the schema reads
   */
  public record Wanted(String topic, boolean isKey, Naming naming, boolean byContent) {}

  /** What is said about a key or a value. */
  public sealed interface Verdict {
    /** It is as it must be. */
    record Good() implements Verdict {}

    /** It is not. */
    record Bad(String why) implements Verdict {}

    /** Its schema is not known here, perhaps not yet. */
    record Unknown(String why) implements Verdict {}

    Verdict GOOD = new Good();
  }

  private record Known(Image image, Map<Question, Object> found) {}

  /** A schema in the eyes of a topic. */
  private record Question(Wanted wanted, Object id) {}

  Payloads(Parsing parsing) {
    this.parsing = parsing;
  }

  /**
   * Judges bytes.
   *
   * @param header what {@code __key_schema_id} or {@code __value_schema_id} holds, null without it
   */
  public Verdict judge(
      Image image, Wanted wanted, ByteBuffer payload, @Nullable ByteBuffer header) {
    Object id = header == null ? prefixed(payload) : inHeader(header);
    if (id == null) {
      return new Verdict.Bad(
          "no schema id, it must begin with a zero byte and a registered id, subject="
              + shownSubject(wanted));
    }
    Object found = found(image, new Question(wanted, id));
    if (found instanceof Verdict verdict) {
      return verdict;
    }
    if (!wanted.byContent() || !(found instanceof Schema schema)) {
      return Verdict.GOOD;
    }
    return header != null && schema.type() == SchemaType.PROTOBUF
        ? content(schema, behind(indexes(header), payload), 0, id)
        : content(schema, payload, header == null ? PREFIX_BYTES : 0, id);
  }

  /** What follows the id in a header: for Protobuf which message the payload is. */
  private static ByteBuffer indexes(ByteBuffer header) {
    int idBytes = header.get(header.position()) == MAGIC_GUID ? GUID_BYTES : PREFIX_BYTES;
    return header.slice(header.position() + idBytes, header.remaining() - idBytes);
  }

  private static ByteBuffer behind(ByteBuffer indexes, ByteBuffer payload) {
    return ByteBuffer.allocate(indexes.remaining() + payload.remaining())
        .put(indexes)
        .put(payload.duplicate())
        .flip();
  }

  private static Verdict content(Schema schema, ByteBuffer payload, int skipped, Object id) {
    int length = payload.remaining() - skipped;
    byte[] bytes;
    int offset;
    if (payload.hasArray()) {
      bytes = payload.array();
      offset = payload.arrayOffset() + payload.position() + skipped;
    } else {
      bytes = new byte[length];
      payload.get(payload.position() + skipped, bytes);
      offset = 0;
    }
    return schema
        .violation(bytes, offset, length)
        .<Verdict>map(why -> new Verdict.Bad("not valid for its schema, id=" + id + ": " + why))
        .orElse(Verdict.GOOD);
  }

  private static @Nullable Object prefixed(ByteBuffer payload) {
    return payload.remaining() >= PREFIX_BYTES && payload.get(payload.position()) == MAGIC_ID
        ? (Object) payload.getInt(payload.position() + 1)
        : null;
  }

  private static @Nullable Object inHeader(ByteBuffer header) {
    int at = header.position();
    if (header.remaining() >= GUID_BYTES && header.get(at) == MAGIC_GUID) {
      return new UUID(header.getLong(at + 1), header.getLong(at + 1 + Long.BYTES));
    }
    return header.remaining() >= PREFIX_BYTES && header.get(at) == MAGIC_ID
        ? (Object) header.getInt(at + 1)
        : null;
  }

  /** A schema to judge by, or a verdict. */
  private Object found(Image image, Question question) {
    Known now = known;
    if (now.image() != image || now.found().size() > KNOWN_MAX) {
      now = new Known(image, new ConcurrentHashMap<>());
      known = now;
    }
    Object found = now.found().get(question);
    if (found == null) {
      found = find(image, question);
      now.found().put(question, found);
    }
    return found;
  }

  private Object find(Image image, Question question) {
    Identified identified = identified(image, question.id());
    if (identified == null) {
      return new Verdict.Unknown("no such schema, id=" + question.id());
    }
    Wanted wanted = question.wanted();
    Schema schema;
    try {
      schema = parsing.of(image, identified.definition(), SubjectName.DEFAULT_CONTEXT);
    } catch (Refusal refusal) {
      return new Verdict.Bad(
          "schema cannot be read, id=" + question.id() + ": " + refusal.message());
    }
    String subject = subject(wanted, schema.name());
    boolean isThere =
        identified.places().stream()
            .filter(place -> place.subject().equals(subject))
            .map(image::version)
            .anyMatch(Payloads::isLive);
    return isThere
        ? schema
        : new Verdict.Unknown(
            "schema is not registered for the subject, id="
                + question.id()
                + " subject="
                + subject);
  }

  private static boolean isLive(@Nullable Version version) {
    return version != null && !version.deleted();
  }

  private static @Nullable Identified identified(Image image, Object id) {
    var ids = image.ids(SubjectName.DEFAULT_CONTEXT);
    Integer number = id instanceof UUID guid ? ids.byGuid().get(guid) : (Integer) id;
    return number == null ? null : ids.byId().get(number);
  }

  private static String shownSubject(Wanted wanted) {
    return wanted.naming() == Naming.TOPIC ? subject(wanted, "") : "by the record's name";
  }

  private static String subject(Wanted wanted, String recordName) {
    return switch (wanted.naming()) {
      case TOPIC -> wanted.topic() + (wanted.isKey() ? "-key" : "-value");
      case RECORD -> recordName;
      case TOPIC_RECORD -> wanted.topic() + "-" + recordName;
    };
  }
}
