package dev.millrace.registry.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random pairs of Protobuf files: where the verdict is that one reads what the other wrote,
 * messages that were written with one are parsed with the other, fields of the same type hold the
 * same, and what the reader does not know or changes in nothing is still there when it writes the
 * message again. Strings hold text in bytes, too, as the rules say.
 */
@Tag("fuzz")
class ProtobufPairsFuzzTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 60) * 10;
  private static final int MESSAGES = 8;
  private static final List<String> SCALARS =
      List.of(
          "int32",
          "int64",
          "uint32",
          "uint64",
          "sint32",
          "sint64",
          "fixed32",
          "fixed64",
          "sfixed32",
          "sfixed64",
          "float",
          "double",
          "bool",
          "string",
          "bytes",
          "E");

  @Test
  void whatIsCompatibleReadsWhatWasWritten() throws Exception {
    int compatible = 0;
    for (long seed = SEED; seed < SEED + ROUNDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      boolean old = random.nextInt(3) == 0;
      List<Message> before = messages(random, old);
      List<Message> after = changed(random, before, old);
      Schema writer = Schemas.parse(SchemaType.PROTOBUF, text(before, old), List.of());
      Schema reader = Schemas.parse(SchemaType.PROTOBUF, text(after, old), List.of());
      if (!reader.readerOf(writer).isEmpty()) {
        continue;
      }
      compatible++;
      FileDescriptor written = file(writer);
      FileDescriptor read = file(reader);
      for (int message = 0; message < MESSAGES; message++) {
        String where = "seed=" + seed + "\n" + text(before, old) + "\n" + text(after, old);
        check(
            random,
            written.findMessageTypeByName("M0"),
            read.findMessageTypeByName("M0"),
            writer,
            reader,
            where);
      }
    }
    assertThat(compatible).as("seed=%d: pairs that fit", SEED).isGreaterThan(ROUNDS / 8);
  }

  private static void check(
      SplittableRandom random,
      Descriptor written,
      Descriptor read,
      Schema writer,
      Schema reader,
      String where)
      throws Exception {
    DynamicMessage message = random(random, Objects.requireNonNull(written), 3);
    byte[] bytes = message.toByteArray();
    byte[] payload = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, payload, 1, bytes.length);
    String shown = where + "\n" + message;
    assertThat(writer.violation(payload, 0, payload.length)).as(shown).isEmpty();
    assertThat(reader.violation(payload, 0, payload.length)).as(shown).isEmpty();
    DynamicMessage seen;
    try {
      seen = DynamicMessage.parseFrom(Objects.requireNonNull(read), bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(shown, e);
    }
    boolean lossless = equal(message, seen, shown);
    DynamicMessage back = DynamicMessage.parseFrom(written, seen.toByteArray());
    if (lossless) {
      assertThat(back).as("%s\nread as\n%s", shown, seen).isEqualTo(message);
    }
  }

  /**
   * Fields of the same type and label hold the same.
   *
   * @return whether no field changes its type or label: then nothing may be lost
   */
  private static boolean equal(DynamicMessage written, DynamicMessage read, String where) {
    boolean lossless = true;
    for (FieldDescriptor field : written.getDescriptorForType().getFields()) {
      FieldDescriptor other = read.getDescriptorForType().findFieldByNumber(field.getNumber());
      if (other == null) {
        continue;
      }
      boolean alike =
          field.getType() == other.getType()
              && field.isRepeated() == other.isRepeated()
              && field.isMapField() == other.isMapField()
              && (field.getRealContainingOneof() == null)
                  == (other.getRealContainingOneof() == null);
      // without presence a zero that was set is not written again
      lossless &= alike && field.hasPresence() == other.hasPresence();
      if (!alike) {
        continue;
      }
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        if (field.isRepeated()) {
          List<?> all = (List<?>) written.getField(field);
          assertThat(read.getRepeatedFieldCount(other))
              .as("%s\nfield %s", where, field)
              .isEqualTo(all.size());
          for (int index = 0; index < all.size(); index++) {
            lossless &=
                equal(
                    (DynamicMessage) all.get(index),
                    (DynamicMessage) read.getRepeatedField(other, index),
                    where);
          }
        } else {
          lossless &=
              equal(
                  (DynamicMessage) written.getField(field),
                  (DynamicMessage) read.getField(other),
                  where);
        }
      } else if (field.getJavaType() != FieldDescriptor.JavaType.ENUM) {
        assertThat(read.getField(other))
            .as("%s\nfield %s", where, field)
            .isEqualTo(written.getField(field));
      }
    }
    return lossless;
  }

  /** A field: what stands before its name, and in which oneof. */
  private record Field(int number, String label, String type, boolean inOneof) {}

  private record Message(String name, List<Field> fields) {}

  private static List<Message> messages(SplittableRandom random, boolean old) {
    List<Message> messages = new ArrayList<>();
    for (int message = 0; message < 3; message++) {
      List<Field> fields = new ArrayList<>();
      for (int number = 1; number < 7; number++) {
        if (random.nextInt(3) > 0) {
          fields.add(field(random, number, old, message));
        }
      }
      messages.add(new Message("M" + message, fields));
    }
    return messages;
  }

  private static Field field(SplittableRandom random, int number, boolean old, int message) {
    boolean inOneof = random.nextInt(5) == 0;
    String label =
        inOneof
            ? ""
            : switch (random.nextInt(5)) {
              case 0 -> "repeated ";
              case 1 -> old && random.nextInt(3) == 0 ? "required " : "optional ";
              case 2 -> "map";
              default -> old ? "optional " : "";
            };
    String type =
        message < 2 && random.nextInt(5) == 0
            ? "M" + (message + 1)
            : SCALARS.get(random.nextInt(SCALARS.size()));
    return new Field(number, label, type, inOneof);
  }

  private static List<Message> changed(SplittableRandom random, List<Message> before, boolean old) {
    List<Message> after = new ArrayList<>();
    before.forEach(
        message -> after.add(new Message(message.name(), new ArrayList<>(message.fields()))));
    for (int change = random.nextInt(3); change >= 0; change--) {
      int at = random.nextInt(after.size());
      List<Field> fields = after.get(at).fields();
      int number = 1 + random.nextInt(8);
      fields.removeIf(field -> field.number() == number && random.nextBoolean());
      if (fields.stream().noneMatch(field -> field.number() == number)) {
        Field was =
            before.get(at).fields().stream()
                .filter(field -> field.number() == number)
                .findFirst()
                .orElse(null);
        Field fresh = field(random, number, old, at);
        fields.add(
            was == null || random.nextInt(4) == 0
                ? fresh
                : random.nextBoolean()
                    ? new Field(number, was.label(), fresh.type(), was.inOneof())
                    : new Field(number, fresh.label(), was.type(), fresh.inOneof()));
      }
    }
    return after;
  }

  private static String text(List<Message> messages, boolean old) {
    StringBuilder text = new StringBuilder();
    text.append("syntax = \"").append(old ? "proto2" : "proto3").append("\";\n");
    text.append("enum E { ZERO = 0; ONE = 1; }\n");
    for (Message message : messages) {
      text.append("message ").append(message.name()).append(" {");
      StringBuilder inside = new StringBuilder();
      for (Field field : message.fields()) {
        StringBuilder to = field.inOneof() ? inside : text;
        if (field.label().equals("map")) {
          to.append(" map<string, ").append(field.type()).append("> f");
        } else {
          to.append(' ').append(field.label()).append(field.type()).append(" f");
        }
        to.append(field.number()).append(" = ").append(field.number()).append(';');
      }
      if (!inside.isEmpty()) {
        text.append(" oneof way {").append(inside).append(" }");
      }
      text.append(" }\n");
    }
    return text.toString();
  }

  private static FileDescriptor file(Schema schema) throws Exception {
    return FileDescriptor.buildFrom(
        FileDescriptorProto.parseFrom(Base64.getDecoder().decode(schema.formatted("serialized"))),
        new FileDescriptor[0]);
  }

  private static DynamicMessage random(SplittableRandom random, Descriptor type, int depth) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      if (field.isRepeated()) {
        for (int count = depth > 0 ? random.nextInt(3) : 0; count > 0; count--) {
          message.addRepeatedField(field, value(random, field, depth));
        }
      } else if (field.isRequired() || type.getOptions().getMapEntry() || random.nextInt(3) > 0) {
        message.setField(field, value(random, field, depth));
      }
    }
    return message.build();
  }

  private static Object value(SplittableRandom random, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case INT -> random.nextInt() >> random.nextInt(32);
      case LONG -> random.nextLong() >> random.nextInt(64);
      case FLOAT -> random.nextInt() / 3f;
      case DOUBLE -> random.nextInt() / 3.0;
      case BOOLEAN -> random.nextBoolean();
      case STRING -> "t\u00e4xt".substring(random.nextInt(4));
      case BYTE_STRING -> ByteString.copyFromUtf8("b\u00fctes".substring(random.nextInt(5)));
      case ENUM -> field.getEnumType().getValues().get(random.nextInt(2));
      case MESSAGE -> random(random, field.getMessageType(), depth - 1);
    };
  }
}
