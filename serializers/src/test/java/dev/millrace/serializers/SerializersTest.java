package dev.millrace.serializers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.millrace.serializers.core.SchemaReader;
import dev.millrace.serializers.core.SchemaWriter;
import dev.millrace.serializers.json.KafkaJsonSchemaDeserializer;
import dev.millrace.serializers.json.KafkaJsonSchemaSerializer;
import dev.millrace.serializers.protobuf.KafkaProtobufDeserializer;
import dev.millrace.serializers.protobuf.KafkaProtobufSerializer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written comes back, in each format and form, and what goes wrong says where. */
class SerializersTest {
  private static final Schema ORDER =
      SchemaBuilder.record("Order")
          .namespace("shop")
          .fields()
          .requiredString("id")
          .requiredInt("count")
          .endRecord();

  static {
    // avro builds objects of trusted packages only
    System.setProperty("org.apache.avro.SERIALIZABLE_PACKAGES", "dev.millrace.serializers");
  }

  private FakeRegistry registry;

  /** A class as an application has one. */
  public static final class Order {
    public String id = "";
    public int count;
    public List<Line> lines = List.of();

    /** Part of an order. */
    public static final class Line {
      public String article = "";
      public double price;
    }
  }

  @BeforeEach
  void start() throws IOException {
    registry = new FakeRegistry();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private Map<String, Object> settings(Object... more) {
    Map<String, Object> settings = new HashMap<>(Map.of("schema.registry.url", registry.url()));
    for (int index = 0; index < more.length; index += 2) {
      settings.put(more[index].toString(), more[index + 1]);
    }
    return settings;
  }

  private KafkaAvroSerializer writer(Object... more) {
    KafkaAvroSerializer writer = new KafkaAvroSerializer();
    writer.configure(settings(more), false);
    return writer;
  }

  private KafkaAvroDeserializer reader(Object... more) {
    KafkaAvroDeserializer reader = new KafkaAvroDeserializer();
    reader.configure(settings(more), false);
    return reader;
  }

  private static GenericRecord order() {
    GenericRecord order = new GenericData.Record(ORDER);
    order.put("id", "a1");
    order.put("count", 3);
    return order;
  }

  @Test
  void genericRecordsComeBackAndTheRegistryIsAskedOnce() {
    KafkaAvroSerializer writer = writer();
    KafkaAvroDeserializer reader = reader();
    byte[] bytes = writer.serialize("orders", order());
    assertThat(bytes).startsWith(0, 0, 0, 0, 1).hasSize(5 + 3 + 1);
    for (int round = 0; round < 10; round++) {
      GenericRecord read =
          (GenericRecord) reader.deserialize("orders", writer.serialize("orders", order()));
      assertThat(read.get("id")).hasToString("a1");
    }
    assertThat(registry.requests).isEqualTo(2);
    assertThat(writer.serialize("orders", null)).isNull();
    assertThat(reader.deserialize("orders", null)).isNull();
  }

  @Test
  void theIdMayStandInAHeader() {
    RecordHeaders headers = new RecordHeaders();
    byte[] bytes =
        writer("value.schema.id.serializer", "any.package.HeaderSchemaIdSerializer")
            .serialize("orders", headers, order());
    assertThat(headers.lastHeader("__value_schema_id").value()).hasSize(17).startsWith(1);
    assertThat(bytes).hasSize(3 + 1);
    assertThat(((GenericRecord) reader().deserialize("orders", headers, bytes)).get("count"))
        .isEqualTo(3);
  }

  @Test
  void plainValuesAndReflection() {
    for (Object value : List.of("text", 5, 6L, 1.5f, 2.5, true)) {
      assertThat(reader().deserialize("plain", writer().serialize("plain", value)))
          .isEqualTo(value);
    }
    assertThat(
            (byte[]) reader().deserialize("plain", writer().serialize("plain", new byte[] {1, 2})))
        .containsExactly(1, 2);
    Order.Line line = new Order.Line();
    line.article = "r";
    Order.Line read =
        (Order.Line)
            reader("schema.reflection", "true")
                .deserialize("lines", writer("schema.reflection", true).serialize("lines", line));
    assertThat(read.article).isEqualTo("r");
  }

  @Test
  void aSchemaThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> writer("auto.register.schemas", "false").serialize("orders", order()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("subject=orders-value")
        .hasMessageContaining("40401")
        .hasMessageContaining("auto.register.schemas=true");
    assertThatThrownBy(() -> reader().deserialize("orders", new byte[] {0, 0, 0, 0, 99, 1}))
        .hasMessageContaining("id=99")
        .hasMessageContaining("topic=orders");
    assertThatThrownBy(() -> reader().deserialize("orders", new byte[] {'{', '}'}))
        .hasMessageContaining("no schema id")
        .hasMessageContaining("topic=orders");
  }

  @Test
  void theLatestVersionIsUsedAndWhatDiffersIsTold() {
    Schema wider =
        SchemaBuilder.record("Order")
            .namespace("shop")
            .fields()
            .requiredLong("count")
            .requiredString("id")
            .endRecord();
    GenericRecord first = new GenericData.Record(wider);
    first.put("count", 1L);
    first.put("id", "x");
    writer().serialize("orders", first);
    byte[] bytes =
        writer("use.latest.version", true, "auto.register.schemas", false)
            .serialize("orders", order());
    assertThat(((GenericRecord) reader().deserialize("orders", bytes)).get("count")).isEqualTo(3L);
    assertThatThrownBy(() ->
            writer("use.latest.version", true, "auto.register.schemas", false)
                .serialize("orders", 5))
        .hasMessageContaining("subject=orders-value")
        .hasMessageContaining("id=1")
        .hasMessageContaining("TYPE_MISMATCH");
  }

  @Test
  void subjectsAreNamedAsTheSettingsSay() {
    writer("value.subject.name.strategy", "io.example.TopicRecordNameStrategy")
        .serialize("orders", order());
    assertThat(
            writer(
                    "value.subject.name.strategy",
                    "io.example.TopicRecordNameStrategy",
                    "auto.register.schemas",
                    false)
                .serialize("orders", order()))
        .isNotEmpty();
    assertThatThrownBy(() ->
            writer(
                    "value.subject.name.strategy",
                    "RecordNameStrategy",
                    "auto.register.schemas",
                    false)
                .serialize("orders", order()))
        .hasMessageContaining("subject=shop.Order");
    assertThatThrownBy(() -> writer("value.subject.name.strategy", "Mine"))
        .hasMessageContaining("known=TopicNameStrategy");
  }

  @Test
  void classesAsJson() {
    KafkaJsonSchemaSerializer<Object> writer = new KafkaJsonSchemaSerializer<>();
    writer.configure(settings(), false);
    KafkaJsonSchemaDeserializer<Order> reader = new KafkaJsonSchemaDeserializer<>();
    reader.configure(settings("json.value.type", Order.class.getName()), false);
    Order order = new Order();
    order.id = "j";
    order.lines = List.of(new Order.Line());
    Order read = reader.deserialize("orders", writer.serialize("orders", order));
    assertThat(read.lines).hasSize(1);
    assertThatThrownBy(() -> writer.serialize("orders", Map.of("a", 1)))
        .hasMessageContaining("use.latest.version=true");
    assertThatThrownBy(() -> reader().deserialize("orders", writer.serialize("orders", order)))
        .hasMessageContaining("type=JSON")
        .hasMessageContaining("expected=AVRO");
  }

  @Test
  void messagesOfProtobuf() throws Exception {
    KafkaProtobufSerializer<Message> writer = new KafkaProtobufSerializer<>();
    writer.configure(settings(), false);
    KafkaProtobufDeserializer<Message> reader = new KafkaProtobufDeserializer<>();
    reader.configure(settings(), false);
    Timestamp time = Timestamp.newBuilder().setSeconds(5).build();
    byte[] bytes = writer.serialize("times", time);
    assertThat(bytes).startsWith(0, 0, 0, 0, 1, 0);
    assertThat(
            Timestamp.parseFrom(
                ((DynamicMessage) reader.deserialize("times", bytes)).toByteString()))
        .isEqualTo(time);
    DescriptorProto.ExtensionRange nested =
        DescriptorProto.ExtensionRange.newBuilder().setStart(7).build();
    byte[] inner = writer.serialize("nested", nested);
    assertThat(reader.deserialize("nested", inner).getDescriptorForType().getName())
        .isEqualTo("ExtensionRange");
    KafkaProtobufDeserializer<Timestamp> typed = new KafkaProtobufDeserializer<>();
    typed.configure(settings("specific.protobuf.value.type", Timestamp.class), false);
    assertThat(typed.deserialize("times", bytes)).isEqualTo(time);
    RecordHeaders headers = new RecordHeaders();
    writer.configure(settings("value.schema.id.serializer", "HeaderSchemaIdSerializer"), false);
    assertThat(
            reader
                .deserialize("times", headers, writer.serialize("times", headers, time))
                .toByteString())
        .isEqualTo(time.toByteString());
  }

  @Test
  void entriesOfMapsDoNotCountForIndexes() throws Exception {
    // a map's entry before, then after the message that is written, as two compilers may have it
    for (int place = 0; place < 2; place++) {
      DescriptorProto.Builder outer =
          DescriptorProto.newBuilder()
              .setName("Outer")
              .addNestedType(DescriptorProto.newBuilder().setName("Inner"));
      outer.addNestedType(
          place,
          DescriptorProto.newBuilder()
              .setName("LabelsEntry")
              .setOptions(MessageOptions.newBuilder().setMapEntry(true)));
      FileDescriptor file =
          FileDescriptor.buildFrom(
              FileDescriptorProto.newBuilder()
                  .setName("o.proto")
                  .setSyntax("proto3")
                  .addMessageType(outer)
                  .build(),
              new FileDescriptor[0]);
      KafkaProtobufSerializer<Message> writer = new KafkaProtobufSerializer<>();
      writer.configure(settings(), false);
      KafkaProtobufDeserializer<Message> reader = new KafkaProtobufDeserializer<>();
      reader.configure(settings(), false);
      var inner = file.getMessageTypes().get(0).findNestedTypeByName("Inner");
      byte[] bytes = writer.serialize("maps" + place, DynamicMessage.getDefaultInstance(inner));
      assertThat(bytes).endsWith(4, 0, 0);
      assertThat(reader.deserialize("maps", bytes).getDescriptorForType().getName())
          .isEqualTo("Inner");
    }
  }

  @Test
  void millracesOwnClientTakesTheCore() {
    SchemaWriter writer = SchemaWriter.avro(settings(), true);
    SchemaReader reader = SchemaReader.avro(settings(), true);
    assertThat(reader.read("t", writer.write("t", "key"))).isEqualTo("key");
  }

  @Test
  void aRegistryThatIsGoneIsNamed() {
    registry.close();
    assertThatThrownBy(() -> writer().serialize("orders", order()))
        .hasMessageContaining("schema.registry.url=")
        .hasMessageContaining("subject=orders-value");
    assertThatThrownBy(() -> new KafkaAvroSerializer().serialize("orders", order()))
        .hasMessageContaining("not configured");
  }

  @Test
  void schemasWithRulesAreRefusedByName() {
    String rule =
        "{\"domainRules\":[{\"name\":\"checkCount\",\"kind\":\"CONDITION\",\"type\":\"CEL\",\"mode\":\"%s\",\"expr\":\"x\"%s}]}";
    registry.register("writes-value", ORDER.toString(), rule.formatted("WRITE", ""));
    assertThatThrownBy(() ->
            writer("use.latest.version", true, "auto.register.schemas", false)
                .serialize("writes", order()))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("subject=writes-value id=1 rule=checkCount type=CEL mode=WRITE");
    registry.register("reads-value", ORDER.toString(), rule.formatted("READ", ""));
    byte[] bytes =
        writer("use.latest.version", true, "auto.register.schemas", false)
            .serialize("reads", order());
    assertThatThrownBy(() -> reader().deserialize("reads", bytes))
        .hasMessageContaining("topic=reads id=2 rule=checkCount");
    registry.register(
        "none-value",
        ORDER.toString(),
        rule.formatted("WRITEREAD", ",\"onFailure\":\"NONE,NONE\""));
    registry.register(
        "off-value", ORDER.toString(), rule.formatted("WRITEREAD", ",\"disabled\":true"));
    for (String topic : List.of("none", "off")) {
      byte[] passed =
          writer("use.latest.version", true, "auto.register.schemas", false)
              .serialize(topic, order());
      assertThat(reader().deserialize(topic, passed)).isNotNull();
    }
  }

  @Test
  void jsonThatIsNotValidIsRefusedWhereThatIsAskedFor() {
    registry.register(
        "orders-value",
        "JSON",
        "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"integer\",\"minimum\":1}}}",
        "{}");
    Object[] latest = {
      "use.latest.version",
      true,
      "auto.register.schemas",
      false,
      "latest.compatibility.strict",
      false
    };
    KafkaJsonSchemaSerializer<Object> loose = new KafkaJsonSchemaSerializer<>();
    loose.configure(settings(latest), false);
    KafkaJsonSchemaSerializer<Object> careful = new KafkaJsonSchemaSerializer<>();
    Map<String, Object> settings = settings(latest);
    settings.put("json.fail.invalid.schema", true);
    careful.configure(settings, false);
    byte[] bytes = loose.serialize("orders", Map.of("count", 0));
    assertThat(careful.serialize("orders", Map.of("count", 1))).startsWith(0, 0, 0, 0, 1);
    assertThatThrownBy(() -> careful.serialize("orders", Map.of("count", 0)))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("id=1")
        .hasMessageContaining("/count");
    KafkaJsonSchemaDeserializer<Object> reader = new KafkaJsonSchemaDeserializer<>();
    reader.configure(settings, false);
    assertThatThrownBy(() -> reader.deserialize("orders", bytes))
        .hasMessageContaining("topic=orders")
        .hasMessageContaining("/count");
  }

  /** The registry compares backward only, so the value itself is held against the version. */
  @Test
  void jsonClassesThatTheLatestVersionDoesNotReadAreRefused() {
    registry.register(
        "orders-value",
        "JSON",
        "{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"string\"}}}",
        "{}");
    KafkaJsonSchemaSerializer<Object> strict = new KafkaJsonSchemaSerializer<>();
    strict.configure(settings("use.latest.version", true, "auto.register.schemas", false), false);
    assertThatThrownBy(() -> strict.serialize("orders", new Order()))
        .hasMessageContaining("subject=orders-value version=1")
        .hasMessageContaining("/count");
  }
}
