package dev.millrace.server.command.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.server.command.terminal.ExitCode;
import dev.millrace.server.command.terminal.Printing;
import dev.millrace.server.command.terminal.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that talks to a schema registry: where it is, and how results are printed. */
abstract class OfRegistry extends Printing {
  @Option(
      names = {"-r", "--registry"},
      paramLabel = "URL",
      defaultValue = "${env:MILLRACE_REGISTRY:-http://127.0.0.1:9644}",
      description = "A node's HTTP address (default: ${DEFAULT-VALUE}).")
  private String registry = "";

  @Override
  public final Integer call() {
    run(RegistryClient.at(registry));
    out().flush();
    return ExitCode.OK.code();
  }

  /** Does the work. */
  abstract void run(RegistryClient client);

  /** A schema's text with line breaks where it is JSON. */
  static String readable(String text) {
    try {
      JsonNode node = RegistryClient.JSON.readTree(text);
      return RegistryClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  /** A schema in a file as a request takes it; the type by the file's name unless it is said. */
  static ObjectNode draft(Path file, @Nullable String type, List<String> references) {
    ObjectNode draft = JsonNodeFactory.instance.objectNode();
    try {
      draft.put("schema", Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw UserException.unreadable(file, e);
    }
    draft.put("schemaType", type == null ? typeOf(file) : type.toUpperCase(Locale.ROOT));
    for (String reference : references) {
      int name = reference.indexOf('=');
      int version = reference.lastIndexOf(':');
      if (name <= 0 || version < name) {
        throw UserException.usage("--reference must be NAME=SUBJECT:VERSION, got=" + reference);
      }
      draft
          .withArray("/references")
          .addObject()
          .put("name", reference.substring(0, name))
          .put("subject", reference.substring(name + 1, version))
          .put("version", number(reference.substring(version + 1)));
    }
    return draft;
  }

  private static String typeOf(Path file) {
    String name = file.toString();
    return name.endsWith(".proto") ? "PROTOBUF" : name.endsWith(".json") ? "JSON" : "AVRO";
  }

  static int number(String text) {
    try {
      return text.equals("latest") ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw UserException.usage("a version is a number or latest, got=" + text);
    }
  }

  static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }
}
