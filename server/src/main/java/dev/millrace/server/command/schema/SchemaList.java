package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.server.command.terminal.Listing;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schema list}. */
@Command(name = "list", description = "List subjects with their latest version, or all versions.")
final class SchemaList extends OfRegistry {
  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      description = "Subjects that begin with this only.")
  private @Nullable String prefix;

  @Option(names = "--versions", description = "Show all versions.")
  private boolean versions;

  @Option(names = "--deleted", description = "Show what is deleted, but not for good, too.")
  private boolean deleted;

  @Override
  protected void run(RegistryClient client) {
    String path =
        "/schemas?latestOnly="
            + !versions
            + "&deleted="
            + deleted
            + "&subjectPrefix="
            + RegistryClient.segment(prefix == null ? ":*:" : prefix);
    Listing listing = Listing.of("subject", "version", "id", "type", "references", "deleted");
    for (JsonNode version : client.get(path)) {
      listing.add(
          version.path("subject").asText(),
          version.path("version").asInt(),
          version.path("id").asInt(),
          RegistryClient.type(version),
          version.path("references").size(),
          version.path("deleted").asBoolean());
    }
    print(listing);
  }
}
