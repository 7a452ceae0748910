package dev.millrace.registry.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables of schema pairs under {@code compatibility/}: each line judged backward and forward.
 */
class CompatibilityTableTest {
  private static final int CASES_MIN = 300;

  record Row(
      SchemaType type,
      int line,
      String name,
      String before,
      String after,
      String backward,
      String forward) {
    @Override
    public String toString() {
      return type + " line " + line + ": " + name;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(SchemaType.values()).flatMap(type -> rows(type).stream());
  }

  @Test
  void thereAreEnoughCases() {
    assertThat(rows().count() * 2).isGreaterThanOrEqualTo(CASES_MIN);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void verdictsAreThoseOfTheTable(Row row) throws Exception {
    Schema before = schema(row, row.before());
    Schema after = schema(row, row.after());
    assertThat(verdict(after.readerOf(before)))
        .as("%s, BACKWARD: the new reads the old", row)
        .isEqualTo(row.backward());
    assertThat(verdict(before.readerOf(after)))
        .as("%s, FORWARD: the old reads the new", row)
        .isEqualTo(row.forward());
    assertThat(after.readerOf(after)).as("%s, the new reads itself", row).isEmpty();
    assertThat(before.readerOf(before)).as("%s, the old reads itself", row).isEmpty();
  }

  private static Schema schema(Row row, String text) throws InvalidSchemaException {
    return Schemas.parse(row.type(), Shorthand.expanded(row.type(), text), List.of());
  }

  private static String verdict(List<Difference> differences) {
    if (differences.isEmpty()) {
      return "ok";
    }
    assertThat(differences).allSatisfy(difference -> assertThat(difference.message()).isNotBlank());
    return String.join(
        ", ",
        differences.stream()
            .map(difference -> difference.rule() + " " + difference.path())
            .sorted()
            .toList());
  }

  private static List<Row> rows(SchemaType type) {
    String file = "/compatibility/" + type.name().toLowerCase(java.util.Locale.ROOT) + ".txt";
    List<Row> rows = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    CompatibilityTableTest.class.getResourceAsStream(file), file),
                StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        List<String> cells = Arrays.stream(line.split(" \\| ")).map(String::strip).toList();
        assertThat(cells)
            .as("%s line %d: name | old | new | backward | forward", file, number)
            .hasSize(5);
        rows.add(
            new Row(
                type,
                number,
                cells.get(0),
                cells.get(1),
                cells.get(2),
                sorted(cells.get(3)),
                sorted(cells.get(4))));
      }
    } catch (IOException e) {
      throw new AssertionError(file, e);
    }
    return rows;
  }

  private static String sorted(String verdict) {
    return String.join(
        ", ", Arrays.stream(verdict.split(",")).map(String::strip).sorted().toList());
  }
}
