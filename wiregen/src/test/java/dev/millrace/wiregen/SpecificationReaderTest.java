package dev.millrace.wiregen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a specification means where it says little; each of these was got wrong once. */
class SpecificationReaderTest {
  private static Field onlyField(String field) throws IOException {
    Specification specification = read(field);
    assertThat(specification.top().fields()).hasSize(1);
    return specification.top().fields().getFirst();
  }

  private static Specification read(String field) throws IOException {
    String json =
        """
        // comments are allowed
        {
          "type": "data", "name": "Sample", "validVersions": "1-3", "flexibleVersions": "2+",
          "fields": [ { "name": "Sample", %s } ]
        }
        """
            .formatted(field);
    return SpecificationReader.read(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void textNullIsADefault() throws IOException {
    Field field =
        onlyField(
            """
            "type": "[]int32", "versions": "1+", "nullableVersions": "1+", "default": "null"
            """);
    assertThat(field.fallbackExpression()).isEqualTo("null");
  }

  @Test
  void bareNullIsNoDefault() throws IOException {
    Field field =
        onlyField(
            """
            "type": "[]int32", "versions": "1+", "nullableVersions": "1+", "default": null
            """);
    assertThat(field.fallbackExpression()).isEqualTo("List.of()");
  }

  @Test
  void taggedFieldWithoutVersionsHasThoseOfItsTag() throws IOException {
    Field field = onlyField("\"type\": \"int32\", \"taggedVersions\": \"2+\", \"tag\": 0");
    assertThat(field.versions()).isEqualTo(field.tagged()).isEqualTo(Versions.parse("2+"));
  }

  @Test
  void fieldOfVersionsThatAreGoneIsGone() throws IOException {
    assertThat(read("\"type\": \"int32\", \"versions\": \"0\"").top().fields()).isEmpty();
  }

  @Test
  void fieldMayKeepItsOldLength() throws IOException {
    Field field =
        onlyField("\"type\": \"string\", \"versions\": \"1+\", \"flexibleVersions\": \"none\"");
    assertThat(field.flexible()).isEqualTo(Versions.NONE);
  }

  @Test
  void nullMarkOfATaggedStructIsZero() throws IOException {
    String field =
        """
        "type": "Inner", "versions": "1+", "nullableVersions": "1+", "default": "null",
        "taggedVersions": "2+", "tag": 0, "fields": [
          { "name": "Number", "type": "int32", "versions": "2+" } ]
        """;
    assertThat(MessageSource.of(read(field), "sample"))
        .contains("sample = in.unsignedVarint() == 0 ? null : Inner.read(in, version);")
        .contains("out.int8((byte) (sample == null ? 0 : 1));");
  }

  @Test
  void versionsBecomeConditions() {
    Versions all = Versions.parse("1-5");
    assertThat(Versions.parse("0+").condition(all)).isEqualTo("true");
    assertThat(Versions.parse("3+").condition(all)).isEqualTo("version >= 3");
    assertThat(Versions.parse("0-2").condition(all)).isEqualTo("version <= 2");
    assertThat(Versions.parse("3").condition(all)).isEqualTo("version == 3");
    assertThat(Versions.parse("2-4").condition(all)).isEqualTo("version >= 2 && version <= 4");
    assertThat(Versions.parse("6+").condition(all)).isEqualTo("false");
    assertThat(Versions.parse("none").condition(all)).isEqualTo("false");
  }
}
