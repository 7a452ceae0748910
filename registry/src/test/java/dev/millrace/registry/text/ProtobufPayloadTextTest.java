package dev.millrace.registry.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.SchemaType;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProtobufPayloadTextTest {
  private static final Named ADDRESS =
      new Named("address.proto", "syntax = \"proto3\"; message Address { string city_name = 1; }");
  private static final String PERSON =
      """
      syntax = "proto3"; package p;
      import "address.proto"; import "google/protobuf/timestamp.proto";
      import "google/protobuf/duration.proto"; import "google/protobuf/struct.proto";
      import "google/protobuf/wrappers.proto";
      message Person {
        string full_name = 1; int64 number = 2; uint32 small = 3; bytes raw = 4; Colour colour = 5;
        repeated double weights = 6; map<string, Address> places = 7; bool flag = 8;
        google.protobuf.Timestamp born = 9; google.protobuf.Duration took = 10;
        google.protobuf.Value any = 11; google.protobuf.Int64Value boxed = 12;
        message Inner { string a = 1; }
        oneof one { string left = 13; Inner right = 14; }
      }
      message Second { string b = 1; }
      enum Colour { RED = 0; BLUE = 1; }
      """;
  private static final String TEXT =
      "{\"fullName\":\"ada\",\"number\":\"-9007199254740993\",\"small\":4294967295,\"raw\":\"AAE=\","
          + "\"colour\":\"BLUE\",\"weights\":[1.5,\"NaN\"],\"places\":{\"home\":{\"cityName\":\"paris\"}},"
          + "\"flag\":true,\"born\":\"2030-01-31T10:00:00.500Z\",\"took\":\"-1.500s\","
          + "\"any\":{\"a\":[1.0,null,\"b\",true]},\"boxed\":\"7\",\"right\":{\"a\":\"x\"}}";

  private final PayloadText person = PayloadText.of(SchemaType.PROTOBUF, PERSON, List.of(ADDRESS));

  @Test
  void goesThereAndBack() {
    byte[] payload = person.write(TEXT);
    assertThat(payload[0]).isZero();
    assertThat(person.read(payload, 0, payload.length)).isEqualTo(TEXT);
    byte[] again = person.write(TEXT.replace("fullName", "full_name").replace("\"7\"", "7"));
    assertThat(again).isEqualTo(payload);
  }

  @Test
  void indexesNameTheMessage() {
    byte[] second = HexFormat.of().parseHex("02020a0178");
    assertThat(person.read(second, 0, second.length)).isEqualTo("{\"b\":\"x\"}");
    byte[] nested = HexFormat.of().parseHex("0400000a0178"); // the entry of the map has no index
    assertThat(person.read(nested, 0, nested.length)).isEqualTo("{\"a\":\"x\"}");
    for (String hex : new String[] {"", "01", "0208", "ffffffff0f", "000a05", "0004"}) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      assertThatThrownBy(() -> person.read(bytes, 0, bytes.length))
          .as(hex)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatDoesNotFitNamesTheField() {
    String[][] cases = {
      {"{\"none\":1}", "no such field"},
      {"{\"number\":1.5}", "p.Person.number"},
      {"{\"number\":1e99}", "p.Person.number"},
      {"{\"small\":-1}", "p.Person.small"},
      {"{\"colour\":\"GREEN\"}", "one of [RED, BLUE]"},
      {"{\"weights\":1}", "a list is wanted"},
      {"{\"places\":[]}", "an object is wanted"},
      {"{\"raw\":\"*\"}", "base 64"},
      {"{\"born\":\"yesterday\"}", "2030-01-31"},
      {"{\"took\":1}", "a duration"},
      {"[]", "an object is wanted"},
      {"{", "not JSON"},
    };
    for (String[] one : cases) {
      assertThatThrownBy(() -> person.write(one[0]))
          .as(one[0])
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(one[1]);
    }
  }
}
