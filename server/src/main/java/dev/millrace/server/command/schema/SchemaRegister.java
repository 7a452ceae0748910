package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schema register SUBJECT FILE}. */
@Command(name = "register", description = "Register the schema of a file under a subject.")
final class SchemaRegister extends OfRegistry {
  @Parameters(index = "0", paramLabel = "SUBJECT", description = "The subject, as TOPIC-value.")
  private String subject = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The schema: .avsc, .json, .proto.")
  private Path file = Path.of("");

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "avro, json or protobuf (default: by the file's name).")
  private @Nullable String type;

  @Option(
      names = "--reference",
      paramLabel = "NAME=SUBJECT:VERSION",
      description = "A schema that this one refers to. May be repeated.")
  private List<String> references = List.of();

  @Option(names = "--normalize", description = "Keep it in its normal form.")
  private boolean normalize;

  @Override
  protected void run(RegistryClient client) {
    String path = RegistryClient.subject(subject) + "/versions?normalize=" + normalize;
    JsonNode told = client.good("POST", path, draft(file, type, references));
    if (isJson()) {
      out().println(told);
    } else {
      String version = told.has("version") ? ", version " + told.path("version").asInt() : "";
      out().println("id " + told.path("id").asInt() + version);
    }
  }
}
