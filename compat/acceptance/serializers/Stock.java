import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.millrace.serializers.KafkaAvroDeserializer;
import dev.millrace.serializers.KafkaAvroSerializer;
import dev.millrace.serializers.json.KafkaJsonSchemaDeserializer;
import dev.millrace.serializers.json.KafkaJsonSchemaSerializer;
import dev.millrace.serializers.protobuf.KafkaProtobufDeserializer;
import dev.millrace.serializers.protobuf.KafkaProtobufSerializer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import shop.avro.Customer;
import shop.avro.Key;
import shop.avro.Line;
import shop.avro.Order;
import shop.avro.State;
import shop.proto.Money;

/**
 * A stock producer and consumer with our serializers, against a node and its registry: {@code Stock
 * BOOTSTRAP URL}. A line for each check; exit 1 when one fails.
 */
public final class Stock {
  private static final String HEADER = "io.example.HeaderSchemaIdSerializer";
  private static final String RUN = Long.toString(System.nanoTime(), 36);

  private final String bootstrap;
  private final Rest rest;
  private final String url;
  private int failed;
  private int topics;

  private Stock(String bootstrap, String url) {
    this.bootstrap = bootstrap;
    this.url = url;
    this.rest = new Rest(url);
  }

  /** What one check does. */
  private interface Work {
    void run() throws Exception;
  }

  public static void main(String[] words) throws Exception {
    Stock stock = new Stock(words[0], words[1]);
    for (String form : List.of("classic", "header")) {
      stock.avro(form);
      stock.json(form);
      stock.protobuf(form);
      stock.judged(form);
    }
    stock.names();
    stock.registration();
    stock.latest();
    stock.references();
    stock.wrong();
    System.exit(stock.failed == 0 ? 0 : 1);
  }

  private void check(String name, Work work) {
    try {
      work.run();
      System.out.println("ok      " + name);
    } catch (Throwable e) {
      failed++;
      System.out.println("FAILED  " + name + ": " + e);
      e.printStackTrace();
    }
  }

  private static void same(Object found, Object wanted) {
    if (!Objects.deepEquals(found, wanted)) {
      throw new AssertionError("found " + found + ", wanted " + wanted);
    }
  }

  private static void says(String text, String... parts) {
    for (String part : parts) {
      if (!text.contains(part)) {
        throw new AssertionError("'" + part + "' is not in: " + text);
      }
    }
  }

  private String topic(String... settings) throws Exception {
    String name = "stock-" + RUN + "-" + topics++;
    Map<String, String> configs = new HashMap<>();
    for (int at = 0; at < settings.length; at += 2) {
      configs.put(settings[at], settings[at + 1]);
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(configs))).all().get();
    }
    return name;
  }

  private Map<String, Object> settings(Object... more) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("schema.registry.url", url);
    for (int at = 0; at < more.length; at += 2) {
      settings.put(more[at].toString(), more[at + 1]);
    }
    return settings;
  }

  private void write(String topic, Class<?> serializer, Map<String, Object> settings, Object... all)
      throws Exception {
    settings.put("key.serializer", serializer);
    settings.put("value.serializer", serializer);
    try (KafkaProducer<Object, Object> producer = new KafkaProducer<>(settings)) {
      for (Object value : all) {
        producer.send(new ProducerRecord<>(topic, null, value)).get();
      }
    }
  }

  private List<ConsumerRecord<Object, Object>> read(
      String topic, Class<?> deserializer, Map<String, Object> settings, int count) {
    settings.put("key.deserializer", deserializer);
    settings.put("value.deserializer", deserializer);
    List<ConsumerRecord<Object, Object>> records = new ArrayList<>();
    try (KafkaConsumer<Object, Object> consumer = new KafkaConsumer<>(settings)) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      Instant end = Instant.now().plusSeconds(30);
      while (records.size() < count && Instant.now().isBefore(end)) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    same(records.size(), count);
    return records;
  }

  private Object only(String topic, Class<?> deserializer, Map<String, Object> settings) {
    return read(topic, deserializer, settings, 1).get(0).value();
  }

  private Map<String, Object> form(String form, Object... more) {
    Map<String, Object> settings = settings(more);
    if (form.equals("header")) {
      settings.put("key.schema.id.serializer", HEADER);
      settings.put("value.schema.id.serializer", HEADER);
    }
    return settings;
  }

  private static Order order(String id) {
    return Order.newBuilder()
        .setId(id)
        .setPlaced(Instant.ofEpochMilli(1_700_000_000_123L))
        .setState(State.PAID)
        .setCustomer(new Customer("Ada", new Key(new byte[] {1, 2, 3, 4})))
        .setLines(List.of(new Line("räder", 4, 2.5)))
        .setLabels(Map.of("a", 1L))
        .build();
  }

  private void avro(String form) {
    check("avro generic, " + form, () -> {
      String topic = topic();
      GenericRecord record = new GenericData.Record(order("x").getSchema());
      Order order = order("g");
      for (Schema.Field field : record.getSchema().getFields()) {
        record.put(field.pos(), order.get(field.pos()));
      }
      record.put("placed", order.getPlaced().toEpochMilli());
      record.put("state", new GenericData.EnumSymbol(State.getClassSchema(), "PAID"));
      record.put("customer", customer(order.getCustomer()));
      record.put("lines", List.of());
      write(topic, KafkaAvroSerializer.class, form(form), record, null);
      var read = read(topic, KafkaAvroDeserializer.class, settings(), 2);
      same(read.get(0).value().toString(), record.toString());
      same(read.get(1).value(), null);
      boolean header = read.get(0).headers().lastHeader("__value_schema_id") != null;
      same(header, form.equals("header"));
    });
    check("avro generated classes, " + form, () -> {
      String topic = topic();
      write(topic, KafkaAvroSerializer.class, form(form), order("a"), order("b"));
      var read =
          read(topic, KafkaAvroDeserializer.class, settings("specific.avro.reader", "true"), 2);
      same(read.get(0).value(), order("a"));
      same(read.get(1).value(), order("b"));
      GenericRecord generic = (GenericRecord) read(topic, KafkaAvroDeserializer.class, settings(), 2).get(1).value();
      same(generic.get("id").toString(), "b");
    });
    check("avro by reflection, " + form, () -> {
      String topic = topic();
      shop.Article article = new shop.Article();
      article.name = "rad";
      article.weight = 2.5;
      article.parts = List.of(new shop.Article.Part());
      write(topic, KafkaAvroSerializer.class, form(form, "schema.reflection", true), article);
      same(only(topic, KafkaAvroDeserializer.class, settings("schema.reflection", true)), article);
    });
    check("avro plain keys and values, " + form, () -> {
      String topic = topic();
      Map<String, Object> settings = form(form);
      settings.put("key.serializer", KafkaAvroSerializer.class);
      settings.put("value.serializer", KafkaAvroSerializer.class);
      try (KafkaProducer<Object, Object> producer = new KafkaProducer<>(settings)) {
        producer.send(new ProducerRecord<>(topic, 7L, "text")).get();
        producer.send(new ProducerRecord<>(topic, 8L, "more")).get();
      }
      var read = read(topic, KafkaAvroDeserializer.class, settings(), 2);
      same(read.get(0).key(), 7L);
      same(read.get(1).value(), "more");
      same(rest.get("/subjects/" + topic + "-key/versions/latest/schema"), "\"long\"");
    });
  }

  private static GenericRecord customer(Customer customer) {
    GenericRecord record = new GenericData.Record(Customer.getClassSchema());
    record.put("name", customer.getName());
    record.put("key", new GenericData.Fixed(Key.getClassSchema(), customer.getKey().bytes()));
    return record;
  }

  private static shop.Person person(String name) {
    shop.Person person = new shop.Person();
    person.name = name;
    person.age = 36;
    person.friends = List.of("Charles");
    return person;
  }

  private void json(String form) {
    check("json classes, " + form, () -> {
      String topic = topic();
      write(topic, KafkaJsonSchemaSerializer.class, form(form), person("ada"), person("bea"));
      Map<String, Object> typed = settings("json.value.type", shop.Person.class.getName());
      var read = read(topic, KafkaJsonSchemaDeserializer.class, typed, 2);
      same(read.get(1).value(), person("bea"));
      Object plain = read(topic, KafkaJsonSchemaDeserializer.class, settings(), 2).get(0).value();
      same(((Map<?, ?>) plain).get("age"), 36);
    });
    check("json trees with the latest version, " + form, () -> {
      String topic = topic();
      rest.register(topic + "-value", "JSON", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}");
      Map<String, Object> settings = form(form, "use.latest.version", true, "auto.register.schemas", false);
      write(topic, KafkaJsonSchemaSerializer.class, settings, Map.of("a", 5));
      same(only(topic, KafkaJsonSchemaDeserializer.class, settings()), Map.of("a", 5));
    });
  }

  private static shop.proto.Order message(String id) {
    return shop.proto.Order.newBuilder()
        .setId(id)
        .setState(shop.proto.Order.State.PAID)
        .addLines(shop.proto.Order.Line.newBuilder().setArticle("rad").setCount(4))
        .putLabels("a", 1)
        .setPlaced(Timestamp.newBuilder().setSeconds(5))
        .setTotal(Money.newBuilder().setCurrency("EUR").setCents(-250))
        .setPickup(ByteString.copyFromUtf8("here"))
        .addCodes(-3)
        .build();
  }

  private void protobuf(String form) {
    check("protobuf generated classes and imports, " + form, () -> {
      String topic = topic();
      write(topic, KafkaProtobufSerializer.class, form(form), message("a"), message("b"));
      Map<String, Object> typed = settings("specific.protobuf.value.type", shop.proto.Order.class);
      same(read(topic, KafkaProtobufDeserializer.class, typed, 2).get(1).value(), message("b"));
      Map<String, Object> derived = settings("derive.type", true);
      same(read(topic, KafkaProtobufDeserializer.class, derived, 2).get(0).value(), message("a"));
      DynamicMessage dynamic = (DynamicMessage) read(topic, KafkaProtobufDeserializer.class, settings(), 2).get(0).value();
      same(dynamic.toByteString(), message("a").toByteString());
      same(dynamic.getDescriptorForType().getFullName(), "shop.proto.Order");
      says(rest.get("/subjects/" + topic + "-value/versions/latest"), "shop/money.proto");
      says(rest.get("/subjects/shop%2Fmoney.proto/versions/latest/schema"), "message Money");
    });
    check("protobuf inner messages and dynamic ones, " + form, () -> {
      String topic = topic();
      Message line = message("a").getLines(0);
      Message dynamic = DynamicMessage.parseFrom(line.getDescriptorForType(), line.toByteString());
      write(topic, KafkaProtobufSerializer.class, form(form), line, dynamic);
      for (var record : read(topic, KafkaProtobufDeserializer.class, settings("derive.type", true), 2)) {
        same(record.value(), line);
      }
    });
  }

  /** The node judges what our serializers wrote, by content. */
  private void judged(String form) {
    check("the broker accepts by content what was written, " + form, () -> {
      String[] demand = {"millrace.schema.value.validation", "content"};
      String topic = topic(demand);
      write(topic, KafkaAvroSerializer.class, form(form), order("a"));
      same(only(topic, KafkaAvroDeserializer.class, settings("specific.avro.reader", true)), order("a"));
      topic = topic(demand);
      write(topic, KafkaJsonSchemaSerializer.class, form(form), person("ada"));
      topic = topic(demand);
      write(topic, KafkaProtobufSerializer.class, form(form), message("a"));
      String inner = topic(demand);
      write(inner, KafkaProtobufSerializer.class, form(form), message("a").getLines(0));
      Map<String, Object> plain = settings();
      plain.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
      plain.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
      try (KafkaProducer<String, String> producer = new KafkaProducer<>(plain)) {
        producer.send(new ProducerRecord<>(inner, "no schema")).get();
        throw new AssertionError("accepted");
      } catch (ExecutionException e) {
        says(e.getMessage(), "schema");
      }
    });
  }

  private void names() {
    for (String strategy : List.of("TopicNameStrategy", "RecordNameStrategy", "TopicRecordNameStrategy")) {
      String setting = "io.confluent.kafka.serializers.subject." + strategy;
      check("subjects by " + strategy, () -> {
        String topic = topic();
        Object[] named = {"value.subject.name.strategy", setting};
        write(topic, KafkaAvroSerializer.class, settings(named), order("a"));
        same(only(topic, KafkaAvroDeserializer.class, settings("specific.avro.reader", true)), order("a"));
        says(rest.get("/subjects"), '"' + subject(strategy, topic, "shop.avro.Order") + '"');
        Map<String, Object> latest = settings(named);
        latest.put("use.latest.version", true);
        same(((GenericRecord) only(topic, KafkaAvroDeserializer.class, latest)).get("id").toString(), "a");
        topic = topic();
        write(topic, KafkaProtobufSerializer.class, settings(named), message("a"));
        says(rest.get("/subjects"), '"' + subject(strategy, topic, "shop.proto.Order") + '"');
        topic = topic();
        write(topic, KafkaJsonSchemaSerializer.class, settings(named), person("a"));
        says(rest.get("/subjects"), '"' + subject(strategy, topic, "Person") + '"');
      });
    }
  }

  private static String subject(String strategy, String topic, String record) {
    return switch (strategy) {
      case "TopicNameStrategy" -> topic + "-value";
      case "RecordNameStrategy" -> record;
      default -> topic + "-" + record;
    };
  }

  private String refusal(String topic, Class<?> serializer, Map<String, Object> settings, Object value)
      throws Exception {
    try {
      write(topic, serializer, settings, value);
    } catch (SerializationException e) {
      return e.getMessage();
    }
    throw new AssertionError("written");
  }

  private static GenericRecord record(String fields, Object... values) {
    Schema schema = new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"n\",\"fields\":[" + fields + "]}");
    GenericRecord record = new GenericData.Record(schema);
    for (int at = 0; at < values.length; at++) {
      record.put(at, values[at]);
    }
    return record;
  }

  private static final String A = "{\"name\":\"a\",\"type\":\"int\"}";
  private static final String B = "{\"name\":\"b\",\"type\":\"string\"}";
  private static final String C = "{\"name\":\"c\",\"type\":[\"null\",\"string\"],\"default\":null}";

  private void registration() {
    check("auto.register.schemas=false", () -> {
      String topic = topic();
      for (Class<?> serializer : List.of(KafkaAvroSerializer.class, KafkaJsonSchemaSerializer.class, KafkaProtobufSerializer.class)) {
        Object value = serializer == KafkaAvroSerializer.class ? record(A, 1) : serializer == KafkaJsonSchemaSerializer.class ? person("a") : Money.getDefaultInstance();
        says(
            refusal(topic, serializer, settings("auto.register.schemas", false), value),
            "subject=" + topic + "-value", "40401", "auto.register.schemas=true");
      }
      rest.register(topic + "-value", "AVRO", record(A, 1).getSchema().toString());
      write(topic, KafkaAvroSerializer.class, settings("auto.register.schemas", false), record(A, 1));
      same(((GenericRecord) only(topic, KafkaAvroDeserializer.class, settings())).get("a"), 1);
      says(
          refusal(topic, KafkaAvroSerializer.class, settings("auto.register.schemas", false), record(B, "x")),
          "subject=" + topic + "-value", "40403");
    });
    check("an incompatible schema says what differs", () -> {
      String topic = topic();
      write(topic, KafkaAvroSerializer.class, settings(), record(A, 1));
      says(
          refusal(topic, KafkaAvroSerializer.class, settings(), record(A + "," + B, 1, "x")),
          "subject=" + topic + "-value", "READER_FIELD_MISSING_DEFAULT_VALUE", "b");
      topic = topic();
      rest.register(topic + "-value", "PROTOBUF", "syntax = \"proto3\"; package shop.proto; message Money { sint64 currency = 1; }");
      says(refusal(topic, KafkaProtobufSerializer.class, settings(), Money.getDefaultInstance()), "FIELD_SCALAR_KIND_CHANGED", "subject=" + topic + "-value");
      topic = topic();
      rest.register(topic + "-value", "JSON", "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"integer\"}}}");
      says(refusal(topic, KafkaJsonSchemaSerializer.class, settings(), person("a")), "subject=" + topic + "-value", "TYPE_CHANGED");
    });
    check("a schema that grows is read by old and new readers", () -> {
      String topic = topic();
      write(topic, KafkaAvroSerializer.class, settings(), record(A, 1));
      write(topic, KafkaAvroSerializer.class, settings(), record(A + "," + C, 2, "c"));
      var read = read(topic, KafkaAvroDeserializer.class, settings("use.latest.version", true), 2);
      same(((GenericRecord) read.get(0).value()).get("c"), null);
      same(((GenericRecord) read.get(1).value()).get("c").toString(), "c");
    });
  }

  private void latest() {
    Object[] latest = {"use.latest.version", true, "auto.register.schemas", false};
    check("use.latest.version: avro moved to the latest version", () -> {
      String topic = topic();
      rest.register(topic + "-value", "AVRO", record(C + "," + A, null, 1).getSchema().toString());
      write(topic, KafkaAvroSerializer.class, settings(latest), record(A, 7));
      GenericRecord read = (GenericRecord) only(topic, KafkaAvroDeserializer.class, settings());
      same(read.get("a"), 7);
      same(read.getSchema().getFields().size(), 2);
      says(
          refusal(topic, KafkaAvroSerializer.class, settings(latest), record(B, "x")),
          "subject=" + topic + "-value", "version=1", "id=", "READER_FIELD_MISSING_DEFAULT_VALUE at /fields/1 field=a");
    });
    check("use.latest.version: the message is found by name among others", () -> {
      String topic = topic();
      rest.register(topic + "-value", "PROTOBUF", "syntax = \"proto3\"; package shop.proto; message First {} message Second {} message Money { bytes currency = 1; sint32 cents = 2; string more = 3; }");
      Money money = Money.newBuilder().setCents(5).setCurrency("EUR").build();
      write(topic, KafkaProtobufSerializer.class, settings(latest), money);
      DynamicMessage read = (DynamicMessage) only(topic, KafkaProtobufDeserializer.class, settings());
      same(read.getDescriptorForType().getName(), "Money");
      same(read.getField(read.getDescriptorForType().findFieldByName("cents")), 5);
      says(
          refusal(topic, KafkaProtobufSerializer.class, settings(latest), shop.proto.Empty.getDefaultInstance()),
          "shop.proto.Empty", "id=");
      String other = topic();
      rest.register(other + "-value", "PROTOBUF", "syntax = \"proto3\"; package shop.proto; message Money { int64 cents = 2; }");
      says(
          refusal(other, KafkaProtobufSerializer.class, settings(latest), money),
          "subject=" + other + "-value", "version=1", "FIELD_KIND_CHANGED at /2");
    });
    check("use.latest.version: a class to an open json schema", () -> {
      String topic = topic();
      rest.register(topic + "-value", "JSON", "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}}");
      write(topic, KafkaJsonSchemaSerializer.class, settings(latest), person("ada"));
      same(((Map<?, ?>) only(topic, KafkaJsonSchemaDeserializer.class, settings())).get("name"), "ada");
    });
    check("use.schema.id", () -> {
      String topic = topic();
      int id = rest.register(topic + "-value", "AVRO", record(C + "," + A, null, 1).getSchema().toString());
      write(topic, KafkaAvroSerializer.class, settings("use.schema.id", id, "auto.register.schemas", false), record(A, 7));
      same(((GenericRecord) only(topic, KafkaAvroDeserializer.class, settings())).get("a"), 7);
    });
  }

  private void references() {
    check("references: avro types of other subjects", () -> {
      String topic = topic();
      String inner = "{\"type\":\"record\",\"name\":\"Inner\",\"namespace\":\"n." + RUN + "x\",\"fields\":[" + A + "]}";
      inner = inner.replace("n." + RUN, "n.r" + RUN);
      String name = "n.r" + RUN + "x.Inner";
      rest.register(topic + "-inner", "AVRO", inner);
      String outer = "{\"type\":\"record\",\"name\":\"Outer\",\"fields\":[{\"name\":\"i\",\"type\":\"" + name + "\"},{\"name\":\"j\",\"type\":\"" + name + "\"}]}";
      rest.register(topic + "-value", "AVRO", outer, name, topic + "-inner");
      Schema.Parser parser = new Schema.Parser();
      Schema innerSchema = parser.parse(inner);
      Schema outerSchema = parser.parse(outer);
      GenericRecord i = new GenericData.Record(innerSchema);
      i.put("a", 9);
      GenericRecord o = new GenericData.Record(outerSchema);
      o.put("i", i);
      o.put("j", i);
      write(topic, KafkaAvroSerializer.class, settings("use.latest.version", true, "auto.register.schemas", false), o);
      same(only(topic, KafkaAvroDeserializer.class, settings()).toString(), o.toString());
    });
    check("references: json schemas of other subjects", () -> {
      String topic = topic();
      rest.register(topic + "-address", "JSON", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");
      rest.register(topic + "-value", "JSON", "{\"type\":\"object\",\"properties\":{\"home\":{\"$ref\":\"address.json\"}}}", "address.json", topic + "-address");
      write(topic, KafkaJsonSchemaSerializer.class, settings("use.latest.version", true, "auto.register.schemas", false), Map.of("home", Map.of("city", "Ulm")));
      same(only(topic, KafkaJsonSchemaDeserializer.class, settings()), Map.of("home", Map.of("city", "Ulm")));
    });
    check("references: protobuf imports are not registered with auto.register.schemas=false", () -> {
      String topic = topic();
      write(topic, KafkaProtobufSerializer.class, settings(), message("a"));
      write(topic, KafkaProtobufSerializer.class, settings("auto.register.schemas", false), message("b"));
      same(((Message) read(topic, KafkaProtobufDeserializer.class, settings(), 2).get(1).value()).toByteString(), message("b").toByteString());
    });
  }

  private String unreadable(String topic, Class<?> deserializer, Map<String, Object> settings) {
    try {
      read(topic, deserializer, settings, 1);
    } catch (SerializationException e) {
      return e.getMessage() + " " + e.getCause().getMessage();
    }
    throw new AssertionError("read");
  }

  private void wrong() {
    check("a schema of another type, an unknown id, no id at all", () -> {
      String topic = topic();
      write(topic, KafkaJsonSchemaSerializer.class, settings(), person("a"));
      says(unreadable(topic, KafkaAvroDeserializer.class, settings()), "topic=" + topic, "type=JSON", "expected=AVRO", "id=");
      topic = topic();
      write(topic, org.apache.kafka.common.serialization.ByteArraySerializer.class, settings(), ByteBuffer.allocate(9).put((byte) 0).putInt(99_999_999).array());
      says(unreadable(topic, KafkaAvroDeserializer.class, settings()), "topic=" + topic, "id=99999999", "40403");
      topic = topic();
      write(topic, org.apache.kafka.common.serialization.StringSerializer.class, settings(), "{\"a\":1}");
      says(unreadable(topic, KafkaProtobufDeserializer.class, settings()), "topic=" + topic, "no schema id");
    });
    check("a reader's class that does not fit says what differs", () -> {
      String topic = topic();
      String other = Order.getClassSchema().toString().replace("\"name\":\"price\",\"type\":\"double\"", "\"name\":\"price\",\"type\":\"string\"");
      rest.register(topic + "-value", "AVRO", other);
      Schema schema = new Schema.Parser().parse(other);
      GenericRecord line = new GenericData.Record(schema.getField("lines").schema().getElementType());
      line.put("article", "a");
      line.put("count", 1);
      line.put("price", "free");
      GenericRecord record = new GenericData.Record(schema);
      Order order = order("g");
      for (Schema.Field field : schema.getFields()) {
        record.put(field.pos(), order.get(field.pos()));
      }
      record.put("placed", 1L);
      record.put("state", new GenericData.EnumSymbol(State.getClassSchema(), "PAID"));
      record.put("customer", customer(order.getCustomer()));
      record.put("lines", Arrays.asList(line));
      write(topic, KafkaAvroSerializer.class, settings(), record);
      says(
          unreadable(topic, KafkaAvroDeserializer.class, settings("specific.avro.reader", true)),
          "topic=" + topic, "id=", "TYPE_MISMATCH", "field=lines[].price");
    });
    check("a value that does not fit its schema, and a class nobody knows", () -> {
      String topic = topic();
      says(refusal(topic, KafkaAvroSerializer.class, settings(), record(A, "no number")), "schema=n.R", "id=");
      says(refusal(topic, KafkaAvroSerializer.class, settings(), person("a")), "class=shop.Person", "schema.reflection=true");
      says(refusal(topic, KafkaProtobufSerializer.class, settings(), person("a")), "class=shop.Person", "generated or dynamic messages");
    });
  }
}
