package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.server.command.terminal.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace schema import URL|FILE}. */
@Command(
    name = "import",
    description = {
      "Bring all schemas of another registry, or of a file that schema export made, with their ids and versions.",
      "From a registry the compatibility levels come too. What is there already stays; run it again after a break."
    })
final class SchemaImport extends OfRegistry {
  @Parameters(
      paramLabel = "URL|FILE",
      description = "The other registry, or a file with a version a line.")
  private String from = "";

  @Override
  protected void run(RegistryClient client) {
    boolean isRegistry = from.contains("://");
    List<JsonNode> versions =
        isRegistry ? SchemaCopy.versions(RegistryClient.at(from)) : lines(Path.of(from));
    SchemaCopy copy = new SchemaCopy(client);
    copy.run(versions);
    int configs = isRegistry ? copyConfigs(RegistryClient.at(from), client, versions) : 0;
    out()
        .println(
            "imported "
                + copy.copied()
                + " of "
                + versions.size()
                + " versions, the others were there; settings of "
                + configs
                + " subjects");
  }

  private static List<JsonNode> lines(Path file) {
    List<JsonNode> versions = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        if (!line.isBlank()) {
          versions.add(RegistryClient.JSON.readTree(line));
        }
      }
    } catch (IOException e) {
      throw UserException.unreadable(file, e);
    }
    return versions;
  }

  /** The settings of all, and of the subjects that have their own. */
  private static int copyConfigs(
      RegistryClient source, RegistryClient target, List<JsonNode> versions) {
    TreeSet<String> scopes = new TreeSet<>();
    scopes.add("");
    versions.forEach(
        version -> scopes.add("/" + RegistryClient.segment(version.path("subject").asText())));
    int copied = 0;
    for (String scope : scopes) {
      RegistryClient.Answer there = source.ask("GET", "/config" + scope, null);
      if (there.isGood() && there.body() instanceof ObjectNode config) {
        JsonNode level = config.remove("compatibilityLevel");
        if (level != null) {
          config.set("compatibility", level);
        }
        var told = target.good("PUT", "/config" + scope, config);
        copied += told.isObject() && !scope.isEmpty() ? 1 : 0;
      }
    }
    return copied;
  }
}
