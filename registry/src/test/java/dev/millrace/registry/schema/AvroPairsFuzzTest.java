package dev.millrace.registry.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random pairs of Avro schemas: the verdict is that of Avro's library, and where it is yes, data
 * written with one is read with the other.
 */
@Tag("fuzz")
class AvroPairsFuzzTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 20261123));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 400);
  private static final List<String> PLAIN =
      List.of(
          "\"int\"",
          "\"long\"",
          "\"float\"",
          "\"double\"",
          "\"string\"",
          "\"bytes\"",
          "\"boolean\"",
          "\"null\"");

  private int names;

  @Test
  void verdictsHoldForWrittenData() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    int compatible = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String written = record(random, 2);
      String reading = random.nextInt(4) == 0 ? record(random, 2) : changed(random, written);
      String where = "seed=" + SEED + " round=" + round + "\n" + written + "\n" + reading;
      Schema writer = Schemas.parse(SchemaType.AVRO, written, List.of());
      Schema reader = Schemas.parse(SchemaType.AVRO, reading, List.of());
      org.apache.avro.Schema w = new org.apache.avro.Schema.Parser().parse(written);
      org.apache.avro.Schema r = new org.apache.avro.Schema.Parser().parse(reading);
      List<Difference> differences = reader.readerOf(writer);
      var library = SchemaCompatibility.checkReaderWriterCompatibility(r, w).getType();
      assertThat(differences.isEmpty())
          .as("%s\n%s", where, differences)
          .isEqualTo(library == SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE);
      compatible += differences.isEmpty() ? 1 : 0;
      for (Object datum : new RandomData(w, 3, SEED + round)) {
        byte[] bytes = bytes(w, datum);
        assertThat(writer.violation(bytes, 0, bytes.length)).as(where).isEmpty();
        if (differences.isEmpty()) {
          assertThat(readable(w, r, bytes)).as(where).isTrue();
        }
      }
    }
    assertThat(compatible)
        .as("seed=%d: pairs that fit", SEED)
        .isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  private static byte[] bytes(org.apache.avro.Schema schema, Object datum) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<Object>(schema).write(datum, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static boolean readable(
      org.apache.avro.Schema writer, org.apache.avro.Schema reader, byte[] bytes)
      throws IOException {
    try {
      return new GenericDatumReader<Object>(writer, reader)
              .read(null, DecoderFactory.get().binaryDecoder(bytes, null))
          != null;
    } catch (AvroRuntimeException e) {
      return false;
    }
  }

  private String record(SplittableRandom random, int depth) {
    names = depth == 2 ? 0 : names + 1;
    String name = "R" + names;
    List<String> fields = new ArrayList<>();
    for (int field = random.nextInt(3); field >= 0; field--) {
      fields.add("{\"name\":\"f" + field + "\",\"type\":" + type(random, depth) + "}");
    }
    return "{\"type\":\"record\",\"name\":\""
        + name
        + "\",\"fields\":["
        + String.join(",", fields)
        + "]}";
  }

  private String type(SplittableRandom random, int depth) {
    String plain = PLAIN.get(random.nextInt(PLAIN.size()));
    return switch (random.nextInt(depth > 0 ? 7 : 3)) {
      case 0, 1 -> plain;
      case 2 ->
          "{\"type\":\"enum\",\"name\":\"E"
              + ++names
              + "\",\"symbols\":["
              + (random.nextBoolean() ? "\"A\"" : "\"A\",\"B\"")
              + "]}";
      case 3 -> "{\"type\":\"array\",\"items\":" + type(random, depth - 1) + "}";
      case 4 -> "{\"type\":\"map\",\"values\":" + type(random, depth - 1) + "}";
      case 5 -> plain.equals("\"null\"") ? "[\"null\",\"int\"]" : "[\"null\"," + plain + "]";
      default -> record(random, depth - 1);
    };
  }

  /** One small change. */
  private static String changed(SplittableRandom random, String schema) {
    return switch (random.nextInt(5)) {
      case 0 -> schema.replace("\"int\"", "\"long\"");
      case 1 ->
          schema.replaceFirst(
              "\"fields\":\\[", "\"fields\":[{\"name\":\"g\",\"type\":\"int\",\"default\":1},");
      case 2 ->
          schema.replaceFirst("\"fields\":\\[", "\"fields\":[{\"name\":\"g\",\"type\":\"int\"},");
      case 3 -> schema.replace("\"A\",\"B\"", "\"A\"");
      default ->
          schema
              .replace("[\"null\"", "[\"boolean\"")
              .replace("\"boolean\",\"boolean\"", "\"boolean\"");
    };
  }
}
