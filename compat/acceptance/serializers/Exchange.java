import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.millrace.serializers.core.SchemaReader;
import dev.millrace.serializers.core.SchemaWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import shop.proto.Money;
import shop.proto.Order;

/**
 * Bytes for other makers' packages, and theirs: {@code Exchange URL write|read FILE}. A line is
 * format, topic, header ("-" without one) and payload in hexadecimal digits.
 */
public final class Exchange {
  private static final Schema PERSON =
      new Schema.Parser()
          .parse(
              "{\"type\":\"record\",\"name\":\"Person\",\"namespace\":\"x\",\"fields\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"age\",\"type\":\"int\"},{\"name\":\"mail\",\"type\":[\"null\",\"string\"],\"default\":null}]}");

  private Exchange() {}

  private static Map<String, Object> settings(String url, String form) {
    Map<String, Object> settings = new HashMap<>(Map.of("schema.registry.url", url));
    if (form.equals("header")) {
      settings.put("value.schema.id.serializer", "HeaderSchemaIdSerializer");
    }
    return settings;
  }

  public static void main(String[] words) throws Exception {
    if (words[1].equals("write")) {
      write(words[0], Path.of(words[2]));
    } else {
      read(words[0], Path.of(words[2]));
    }
  }

  private static void write(String url, Path file) throws Exception {
    String run = Long.toString(System.nanoTime(), 36);
    List<String> lines = new ArrayList<>();
    for (String form : List.of("classic", "header")) {
      Map<String, Object> settings = settings(url, form);
      GenericRecord ada = new GenericData.Record(PERSON);
      ada.put("name", "ada");
      ada.put("age", 36);
      lines.add(line("avro", "ours-avro-" + run, SchemaWriter.avro(settings, false), ada));
      shop.Person bea = new shop.Person();
      bea.name = "bea";
      bea.age = 7;
      lines.add(line("json", "ours-json-" + run, SchemaWriter.json(settings, false), bea));
      lines.add(line("protobuf", "ours-protobuf-" + run, SchemaWriter.protobuf(settings, false), order()));
      lines.add(line("inner", "ours-inner-" + run, SchemaWriter.protobuf(settings, false), order().getLines(0)));
      lines.add(line("money", "ours-money-" + run, SchemaWriter.protobuf(settings, false), order().getTotal()));
    }
    Files.write(file, lines);
  }

  private static Order order() {
    return Order.newBuilder()
        .setId("o1")
        .setState(Order.State.PAID)
        .addLines(Order.Line.newBuilder().setArticle("rad").setCount(4))
        .putLabels("a", 1)
        .setPlaced(Timestamp.newBuilder().setSeconds(5))
        .setTotal(Money.newBuilder().setCurrency("EUR").setCents(-250))
        .setPost("here")
        .addCodes(-3)
        .build();
  }

  private static String line(String format, String topic, SchemaWriter writer, Object value) {
    String[] header = {"-"};
    byte[] bytes = writer.write(topic, (name, id) -> header[0] = HexFormat.of().formatHex(id), value);
    return String.join(" ", format, topic, header[0], HexFormat.of().formatHex(bytes));
  }

  private static void read(String url, Path file) throws Exception {
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ");
      byte[] header = words[2].equals("-") ? null : HexFormat.of().parseHex(words[2]);
      byte[] bytes = HexFormat.of().parseHex(words[3]);
      Map<String, Object> settings = settings(url, "classic");
      switch (words[0]) {
        case "avro" -> {
          GenericRecord ada = (GenericRecord) SchemaReader.avro(settings, false).read(words[1], header, bytes);
          same(ada.get("name").toString(), "ada", line);
          same(ada.get("age"), 36, line);
        }
        case "json" -> {
          Map<?, ?> bea = (Map<?, ?>) SchemaReader.json(settings, false).read(words[1], header, bytes);
          same(bea.get("name"), "bea", line);
          same(bea.get("age"), 7, line);
        }
        case "protobuf" -> {
          DynamicMessage dynamic = (DynamicMessage) SchemaReader.protobuf(settings, false).read(words[1], header, bytes);
          same(Order.parseFrom(dynamic.toByteString()), order(), line);
          settings.put("specific.protobuf.value.type", Order.class);
          same(SchemaReader.protobuf(settings, false).read(words[1], header, bytes), order(), line);
        }
        case "inner", "money" -> {
          Message wanted = words[0].equals("inner") ? order().getLines(0) : order().getTotal();
          DynamicMessage dynamic = (DynamicMessage) SchemaReader.protobuf(settings, false).read(words[1], header, bytes);
          same(wanted.getParserForType().parseFrom(dynamic.toByteString()), wanted, line);
        }
        default -> throw new IllegalStateException(line);
      }
      System.out.println("        read: " + words[0] + (header == null ? "" : ", header form") + ", " + words[1]);
    }
  }

  private static void same(Object found, Object wanted, String line) {
    if (!Objects.equals(found, wanted)) {
      throw new AssertionError("found " + found + ", wanted " + wanted + ": " + line);
    }
  }
}
