package dev.millrace.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.SchemaType;
import dev.millrace.registry.text.PayloadText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values with a schema's id before them, as text and back. Asks the registry once for each
 * schema. Belongs to one thread.
 */
final class Payloads {
  private static final byte MAGIC = 0;
  private static final int PREFIX_BYTES = 1 + Integer.BYTES;

  private final RegistryClient registry;
  private final Map<Integer, PayloadText> byId = new HashMap<>();

  Payloads(RegistryClient registry) {
    this.registry = registry;
  }

  /** The text of a payload; what has no schema is as it is, what does not fit says so. */
  @Nullable Bytes decoded(@Nullable Bytes payload) {
    if (payload == null || payload.size() < PREFIX_BYTES || payload.buffer().get(0) != MAGIC) {
      return payload;
    }
    int id = payload.buffer().getInt(1);
    byte[] bytes = payload.toArray();
    try {
      PayloadText text = byId.computeIfAbsent(id, this::find);
      return Bytes.utf8(text.read(bytes, PREFIX_BYTES, bytes.length - PREFIX_BYTES));
    } catch (IllegalArgumentException e) {
      throw UserException.failed(e.getMessage() + ", id=" + id);
    }
  }

  /**
   * Makes payloads of lines.
   *
   * @param subject {@code SUBJECT} for its latest version, or {@code SUBJECT:VERSION}
   */
  Encoding encoding(String subject) {
    int colon = subject.lastIndexOf(':');
    boolean hasVersion = colon > 0 && subject.substring(colon + 1).matches("\\d+|latest");
    String name = hasVersion ? subject.substring(0, colon) : subject;
    String version = hasVersion ? subject.substring(colon + 1) : "latest";
    JsonNode found = registry.get(OfRegistry.subject(name) + "/versions/" + version);
    return new Encoding(found.path("id").asInt(), text(found));
  }

  /** How lines become payloads of one schema. */
  record Encoding(int id, PayloadText text) {
    byte[] encoded(byte[] line) {
      byte[] payload;
      try {
        payload = text.write(new String(line, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw UserException.failed(e.getMessage() + ", id=" + id);
      }
      return ByteBuffer.allocate(PREFIX_BYTES + payload.length)
          .put(MAGIC)
          .putInt(id)
          .put(payload)
          .array();
    }
  }

  private PayloadText find(int id) {
    return text(registry.get("/schemas/ids/" + id));
  }

  private PayloadText text(JsonNode schema) {
    List<Named> references = new ArrayList<>();
    resolve(schema, references, new HashSet<>());
    return PayloadText.of(
        SchemaType.valueOf(OfRegistry.type(schema)), schema.path("schema").asText(), references);
  }

  private void resolve(JsonNode schema, List<Named> references, Set<String> seen) {
    for (JsonNode reference : schema.path("references")) {
      String name = reference.path("name").asText();
      if (seen.add(name)) {
        JsonNode version =
            registry.get(
                OfRegistry.subject(reference.path("subject").asText())
                    + "/versions/"
                    + reference.path("version").asInt()
                    + "?deleted=true");
        resolve(version, references, seen);
        references.add(new Named(name, version.path("schema").asText()));
      }
    }
  }
}
