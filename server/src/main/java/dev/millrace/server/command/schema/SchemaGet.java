package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.server.command.terminal.UserException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schema get SUBJECT [VERSION]}, {@code millrace schema get --id N}. */
@Command(name = "get", description = "Print a schema.")
final class SchemaGet extends OfRegistry {
  @Parameters(index = "0", arity = "0..1", paramLabel = "SUBJECT", description = "A subject.")
  private @Nullable String subject;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      description = "A number, or latest (the default).")
  private String version = "latest";

  @Option(names = "--id", paramLabel = "N", description = "The schema with this id.")
  private @Nullable Integer id;

  @Override
  protected void run(RegistryClient client) {
    if ((subject == null) == (id == null)) {
      throw UserException.usage("name a subject, or a schema with --id");
    }
    String path =
        subject == null
            ? "/schemas/ids/" + id
            : RegistryClient.subject(subject) + "/versions/" + RegistryClient.segment(version);
    JsonNode found = client.get(path);
    out().println(isJson() ? found.toString() : readable(found.path("schema").asText()));
  }
}
