package dev.millrace.registry.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Types of other files are compared by what they hold, wherever the file is. */
class ProtobufImportsTest {
  private static final String HOME = "message Home { int32 number = 1; bool open = 2; }";
  private static final String OTHER_HOME = "message Home { string number = 1; bool open = 2; }";

  @Test
  void anImportWhoseFieldChangesItsTypeIsTold() throws InvalidSchemaException {
    assertThat(differences(use("a", "Home"), HOME, use("a", "Home"), OTHER_HOME))
        .containsExactly("FIELD_SCALAR_KIND_CHANGED #/Person/1/1");
  }

  @Test
  void anImportOfAnotherPackageThatHoldsTheSameIsTheSame() throws InvalidSchemaException {
    assertThat(differences(use("a", "Home"), HOME, use("b", "Home"), HOME)).isEmpty();
    assertThat(differences(use("a", "Home"), HOME, use("b", "Home"), OTHER_HOME)).isNotEmpty();
  }

  @Test
  void nestedTypesOfImportsAreFound() throws InvalidSchemaException {
    String outer = "message Outer { " + HOME + " }";
    String otherOuter = "message Outer { " + OTHER_HOME + " }";
    assertThat(differences(use("a", "Outer.Home"), outer, use("b", "Outer.Home"), outer)).isEmpty();
    assertThat(differences(use("a", "Outer.Home"), outer, use("b", "Outer.Home"), otherOuter))
        .containsExactly("FIELD_SCALAR_KIND_CHANGED #/Person/1/1");
  }

  @Test
  void aTypeThatMovesIntoTheFileIsNew() throws InvalidSchemaException {
    String own = "syntax = \"proto3\"; message Person { Home home = 1; } " + HOME;
    assertThat(differences(use("a", "Home"), HOME, own, null)).isEmpty();
  }

  @Test
  void aTypeThatMovesToAnotherFileIsGoneFromThisOne() throws InvalidSchemaException {
    String own = "syntax = \"proto3\"; message Person { Home home = 1; } " + HOME;
    assertThat(differences(own, null, use("a", "Home"), HOME))
        .containsExactly("MESSAGE_REMOVED #/Home");
  }

  private static String use(String domain, String type) {
    return "syntax = \"proto3\"; import \"home.proto\"; message Person { ."
        + domain
        + "."
        + type
        + " home = 1; }";
  }

  private static List<String> differences(String before, String imported, String after, String then)
      throws InvalidSchemaException {
    return parsed(after, then).readerOf(parsed(before, imported)).stream()
        .map(one -> one.rule() + " " + one.path())
        .toList();
  }

  /** The imported file has the package that the text speaks of. */
  private static Schema parsed(String text, String imported) throws InvalidSchemaException {
    if (imported == null) {
      return Schemas.parse(SchemaType.PROTOBUF, text, List.of());
    }
    String domain =
        Arrays.stream(text.split("\\.")).filter(one -> one.length() == 1).findFirst().orElseThrow();
    String file = "syntax = \"proto3\"; package " + domain + "; " + imported;
    return Schemas.parse(SchemaType.PROTOBUF, text, List.of(new Named("home.proto", file)));
  }
}
