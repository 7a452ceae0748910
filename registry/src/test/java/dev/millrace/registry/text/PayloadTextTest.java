package dev.millrace.registry.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.SchemaType;
import java.util.List;
import org.junit.jupiter.api.Test;

class PayloadTextTest {
  private static final Named ADDRESS =
      new Named(
          "Address",
          "{\"type\":\"record\",\"name\":\"Address\",\"fields\":[{\"name\":\"city\",\"type\":\"string\"}]}");
  private static final String PERSON =
      "{\"type\":\"record\",\"name\":\"Person\",\"fields\":[{\"name\":\"name\",\"type\":[\"null\",\"string\"]},"
          + "{\"name\":\"at\",\"type\":\"Address\"}]}";

  @Test
  void avroGoesThereAndBack() {
    PayloadText person = PayloadText.of(SchemaType.AVRO, PERSON, List.of(ADDRESS));
    String text = "{\"name\":{\"string\":\"ada\"},\"at\":{\"city\":\"paris\"}}";
    byte[] payload = person.write(text);
    assertThat(person.read(payload, 0, payload.length)).isEqualTo(text);
  }

  @Test
  void whatIsNotOfTheSchemaIsToldSo() {
    PayloadText person = PayloadText.of(SchemaType.AVRO, PERSON, List.of(ADDRESS));
    assertThatThrownBy(() -> person.write("{\"name\":1}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not of the schema");
    assertThatThrownBy(() -> person.read(new byte[] {2, 120}, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not of its schema");
    assertThatThrownBy(() -> PayloadText.of(SchemaType.AVRO, "{}", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void jsonIsAsItIs() {
    PayloadText any = PayloadText.of(SchemaType.JSON, "{}", List.of());
    assertThat(any.write("{\"a\":1}"))
        .isEqualTo("{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(any.read("x{}".getBytes(java.nio.charset.StandardCharsets.UTF_8), 1, 2))
        .isEqualTo("{}");
  }
}
