package dev.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.registry.change.Draft;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.change.Registration;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.SchemaRecord;
import dev.millrace.registry.schema.SchemaType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Payloads with their schema's id before them or in a header, judged by content. */
class PayloadsTest {
  private static final Payloads.Wanted VALUE =
      new Payloads.Wanted("t", false, Payloads.Naming.TOPIC, true);
  private static final String FILE =
      "syntax = \"proto3\"; message A { string x = 1; map<string, string> m = 2; message B { int32 y = 1; } }";

  private final Parsing parsing = new Parsing();
  private Image image = Image.EMPTY;
  private Payloads payloads = new Payloads(parsing);

  private Version registered(SchemaType type, String text) throws Exception {
    Draft draft = new Draft(type, text, List.of(), null, null, Draft.ANY, Draft.NEXT);
    var decision =
        new Registration(parsing, SubjectName.parse("t-value"), draft, false, false)
            .decide(image, 1);
    for (SchemaRecord record : decision.records()) {
      image = image.apply(record);
    }
    return decision.reply();
  }

  private boolean good(ByteBuffer payload, ByteBuffer header) {
    return payloads.judge(image, VALUE, payload, header) instanceof Payloads.Verdict.Good;
  }

  private static ByteBuffer bytes(int... bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
    for (int one : bytes) {
      buffer.put((byte) one);
    }
    return buffer.flip();
  }

  private ByteBuffer guid(int... indexes) {
    UUID guid =
        image.ids(SubjectName.DEFAULT_CONTEXT).byGuid().entrySet().stream()
            .filter(entry -> entry.getValue() == 1)
            .map(java.util.Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    ByteBuffer header = ByteBuffer.allocate(17 + indexes.length).put((byte) 1);
    header.putLong(guid.getMostSignificantBits()).putLong(guid.getLeastSignificantBits());
    return header.put(bytes(indexes)).flip();
  }

  @Test
  void protobufNamesItsMessageBehindTheIdWhereverThatStands() throws Exception {
    assertThat(Objects.requireNonNull(registered(SchemaType.PROTOBUF, FILE))).isNotNull();
    ByteBuffer a = bytes(0x0a, 1, 'x');
    ByteBuffer b = bytes(0x08, 5);
    assertThat(good(a, guid(0))).isTrue();
    assertThat(good(b, guid(0))).isFalse();
    // A.B, the entry of the map does not count
    assertThat(good(b, guid(4, 0, 0))).isTrue();
    assertThat(good(a, guid(4, 0, 0))).isFalse();
    assertThat(good(b, guid(4, 0, 2))).isFalse();
    assertThat(good(a, guid())).isFalse();
    assertThat(good(a, bytes(0, 0, 0, 0, 1, 0))).isTrue();
    assertThat(payloads.judge(image, VALUE, bytes(0, 0, 0, 0, 1, 4, 0, 0, 0x08, 5), null))
        .isEqualTo(Payloads.Verdict.GOOD);
  }

  @Test
  void avroHasNothingBehindTheId() throws Exception {
    registered(SchemaType.AVRO, "\"int\"");
    assertThat(good(bytes(2), guid())).isTrue();
    assertThat(good(bytes(2, 2), guid())).isFalse();
    assertThat(payloads.judge(image, VALUE, bytes(0, 0, 0, 0, 1, 2), null))
        .isEqualTo(Payloads.Verdict.GOOD);
  }
}
