package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schema delete SUBJECT [VERSION]}. */
@Command(
    name = "delete",
    description = {
      "Delete a version or all of a subject. It is hidden first, so that records that have its id can still be read;",
      "--permanent removes for good what is hidden."
    })
final class SchemaDelete extends OfRegistry {
  @Parameters(index = "0", paramLabel = "SUBJECT", description = "A subject.")
  private String subject = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      description = "One version only.")
  private @Nullable String version;

  @Option(names = "--permanent", description = "Remove for good what is hidden already.")
  private boolean permanent;

  @Override
  protected void run(RegistryClient client) {
    String path =
        RegistryClient.subject(subject)
            + (version == null ? "" : "/versions/" + RegistryClient.segment(version))
            + "?permanent="
            + permanent;
    JsonNode told = client.good("DELETE", path, null);
    out().println(isJson() ? told.toString() : "deleted " + subject + " " + told);
  }
}
