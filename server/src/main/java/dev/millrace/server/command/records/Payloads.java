package dev.millrace.server.command.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ReceivedRecord;
import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.SchemaType;
import dev.millrace.registry.text.PayloadText;
import dev.millrace.server.command.schema.RegistryClient;
import dev.millrace.server.command.terminal.UserException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values with a schema's id before them or in a header, as text and back. Asks the
 * registry once for each schema. Belongs to one thread.
 */
final class Payloads {
  static final String KEY_HEADER = "__key_schema_id";
  static final String VALUE_HEADER = "__value_schema_id";

  private static final byte MAGIC = 0;
  private static final byte MAGIC_GUID = 1;
  private static final int PREFIX_BYTES = 1 + Integer.BYTES;
  private static final int GUID_BYTES = 1 + 2 * Long.BYTES;

  /** The first message of a file, as it is written before a payload. */
  private static final byte FIRST_MESSAGE = 0;

  private final RegistryClient registry;
  private final Map<Object, Known> known = new HashMap<>();

  Payloads(RegistryClient registry) {
    this.registry = registry;
  }

  /** A schema that payloads were written with, and where it is registered. */
  private record Known(PayloadText text, String place) {}

  /** What begins an envelope: the id or GUID, and how many bytes they take. */
  private record Mark(Object id, int sizeBytes) {
    @Override
    public String toString() {
      return (id instanceof UUID ? "guid=" : "id=") + id;
    }
  }

  /**
   * A payload as people read it.
   *
   * @param text as it is when it has no schema, or does not fit it
   * @param schema {@code SUBJECT:VERSION}; empty when it has none
   * @param fault why it could not be read by its schema; null when it could
   */
  record Decoded(@Nullable Bytes text, String schema, @Nullable String fault) {}

  /**
   * The text of a payload.
   *
   * @param subject under which its schema is looked for first
   * @param headers of its record
   * @param header which of them may name the schema
   */
  Decoded decoded(
      @Nullable Bytes payload, String subject, List<ReceivedRecord.Header> headers, String header) {
    Bytes inHeader = inHeader(headers, header);
    Bytes envelope = inHeader == null ? payload : inHeader;
    Mark mark = envelope == null ? null : mark(envelope.buffer());
    if (payload == null || envelope == null || mark == null) {
      return new Decoded(payload, "", null);
    }
    Known schema = null;
    try {
      schema = known.get(mark.id());
      if (schema == null) {
        schema = find(mark.id(), subject);
        known.put(mark.id(), schema);
      }
      byte[] bytes =
          inHeader == null ? payload.toArray() : behind(inHeader, mark.sizeBytes(), payload);
      int offset = inHeader == null ? mark.sizeBytes() : 0;
      String text = schema.text().read(bytes, offset, bytes.length - offset);
      return new Decoded(Bytes.utf8(text), schema.place(), null);
    } catch (IllegalArgumentException | UserException e) {
      String fault = mark + ": " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      return new Decoded(payload, schema == null ? "" : schema.place(), fault);
    }
  }

  private static @Nullable Bytes inHeader(List<ReceivedRecord.Header> headers, String name) {
    Bytes found = null;
    for (ReceivedRecord.Header one : headers) {
      Bytes value = one.value();
      boolean isMark = one.key().equals(name) && value != null && mark(value.buffer()) != null;
      found = isMark ? value : found;
    }
    return found;
  }

  private static @Nullable Mark mark(ByteBuffer from) {
    if (from.remaining() >= PREFIX_BYTES && from.get(0) == MAGIC) {
      return new Mark(from.getInt(1), PREFIX_BYTES);
    }
    return from.remaining() >= GUID_BYTES && from.get(0) == MAGIC_GUID
        ? new Mark(new UUID(from.getLong(1), from.getLong(1 + Long.BYTES)), GUID_BYTES)
        : null;
  }

  /** What follows the id in a header says which message of a file the payload is. */
  private static byte[] behind(Bytes header, int skipped, Bytes payload) {
    byte[] bytes = new byte[header.size() - skipped + payload.size()];
    header.buffer().get(skipped, bytes, 0, header.size() - skipped);
    payload.buffer().get(0, bytes, header.size() - skipped, payload.size());
    return bytes;
  }

  /**
   * Makes payloads of lines.
   *
   * @param subject {@code SUBJECT} for its latest version, or {@code SUBJECT:VERSION}
   * @param isInHeader whether the schema stands in a header instead of before the payload
   */
  Encoding encoding(String subject, boolean isInHeader) {
    int colon = subject.lastIndexOf(':');
    boolean hasVersion = colon > 0 && subject.substring(colon + 1).matches("\\d+|latest");
    String name = hasVersion ? subject.substring(0, colon) : subject;
    String version = hasVersion ? subject.substring(colon + 1) : "latest";
    JsonNode found = registry.get(RegistryClient.subject(name) + "/versions/" + version);
    String guid = isInHeader ? found.path("guid").asText("") : null;
    if (guid != null && guid.isEmpty()) {
      throw UserException.failed(
          "this registry gives no GUIDs, so they cannot stand in headers, subject=" + name);
    }
    return new Encoding(
        found.path("id").asInt(),
        guid == null ? null : UUID.fromString(guid),
        RegistryClient.type(found).equals(SchemaType.PROTOBUF.name()),
        text(found));
  }

  /**
   * How lines become payloads of one schema.
   *
   * @param guid stands in a header; null when the id stands before the payload
   * @param isIndexed whether the message's place in its file is said too
   */
  record Encoding(int id, @Nullable UUID guid, boolean isIndexed, PayloadText text) {
    byte[] encoded(byte[] line) {
      byte[] payload;
      try {
        payload = text.write(new String(line, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw UserException.failed(e.getMessage() + ", id=" + id);
      }
      if (guid != null) {
        return isIndexed ? Arrays.copyOfRange(payload, 1, payload.length) : payload;
      }
      return ByteBuffer.allocate(PREFIX_BYTES + payload.length)
          .put(MAGIC)
          .putInt(id)
          .put(payload)
          .array();
    }

    /** What the header holds; null when there is none. */
    @Nullable ByteBuffer header() {
      if (guid == null) {
        return null;
      }
      ByteBuffer header =
          ByteBuffer.allocate(GUID_BYTES + (isIndexed ? 1 : 0))
              .put(MAGIC_GUID)
              .putLong(guid.getMostSignificantBits())
              .putLong(guid.getLeastSignificantBits());
      return (isIndexed ? header.put(FIRST_MESSAGE) : header).flip();
    }
  }

  private Known find(Object id, String subject) {
    String path = id instanceof UUID ? "/schemas/guids/" + id : "/schemas/ids/" + id;
    JsonNode schema = registry.get(path);
    return new Known(text(schema), place(id, subject));
  }

  /** Where it is registered, best under the topic's own subject; empty when nobody says. */
  private String place(Object id, String subject) {
    Object number = id;
    if (id instanceof UUID) {
      JsonNode ids = registry.get("/schemas/guids/" + id + "/ids");
      number = ids.path(0).path("id").asInt();
    }
    RegistryClient.Answer answer =
        registry.ask("GET", "/schemas/ids/" + number + "/versions?deleted=true", null);
    JsonNode best = answer.isGood() ? answer.body().path(0) : MissingNode.getInstance();
    for (JsonNode one : answer.body()) {
      best = one.path("subject").asText("").equals(subject) ? one : best;
    }
    return best.isObject() ? best.path("subject").asText() + ":" + best.path("version") : "";
  }

  private PayloadText text(JsonNode schema) {
    List<Named> references = new ArrayList<>();
    resolve(schema, references, new HashSet<>());
    return PayloadText.of(
        SchemaType.valueOf(RegistryClient.type(schema)),
        schema.path("schema").asText(),
        references);
  }

  private void resolve(JsonNode schema, List<Named> references, Set<String> seen) {
    for (JsonNode reference : schema.path("references")) {
      String name = reference.path("name").asText();
      if (seen.add(name)) {
        JsonNode version =
            registry.get(
                RegistryClient.subject(reference.path("subject").asText())
                    + "/versions/"
                    + reference.path("version").asInt()
                    + "?deleted=true");
        resolve(version, references, seen);
        references.add(new Named(name, version.path("schema").asText()));
      }
    }
  }
}
