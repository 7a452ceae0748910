package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.server.command.terminal.Listing;
import dev.millrace.server.command.terminal.UserException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schema config [SUBJECT]}. */
@Command(
    name = "config",
    description = "Show or change compatibility and mode, of a subject or of all.")
final class SchemaConfig extends OfRegistry {
  @Parameters(
      arity = "0..1",
      paramLabel = "SUBJECT",
      description = "A subject (default: what holds for all that have nothing of their own).")
  private @Nullable String subject;

  @Option(
      names = "--compatibility",
      paramLabel = "LEVEL",
      description = "none, backward, forward, full, or one of these with _transitive.")
  private @Nullable String compatibility;

  @Option(names = "--mode", paramLabel = "MODE", description = "readwrite, readonly or import.")
  private @Nullable String mode;

  @Option(names = "--normalize", paramLabel = "true|false", description = "Keep normal forms.")
  private @Nullable Boolean normalize;

  @Option(names = "--reset", description = "Take back what is said for the subject.")
  private boolean reset;

  @Override
  protected void run(RegistryClient client) {
    String scope = subject == null ? "" : "/" + RegistryClient.segment(subject);
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    if (reset) {
      var config = client.ask("DELETE", "/config" + scope, null);
      var taken = client.ask("DELETE", "/mode" + scope, null);
      if (!config.isGood() && !taken.isGood()) {
        throw UserException.failed("nothing is said for it, subject=" + subject);
      }
    }
    if (compatibility != null) {
      wanted.put("compatibility", compatibility);
    }
    if (normalize != null) {
      wanted.put("normalize", normalize);
    }
    if (!wanted.isEmpty()) {
      var told = client.good("PUT", "/config" + scope, wanted);
      say("changed " + told);
    }
    if (mode != null) {
      var told =
          client.good(
              "PUT", "/mode" + scope, JsonNodeFactory.instance.objectNode().put("mode", mode));
      say("changed " + told);
    }
    show(client, scope);
  }

  private void show(RegistryClient client, String scope) {
    JsonNode config = client.get("/config" + scope + "?defaultToGlobal=true");
    JsonNode itsMode = client.get("/mode" + scope + "?defaultToGlobal=true");
    Listing listing = Listing.of("name", "value");
    config.properties().forEach(field -> listing.add(field.getKey(), text(field.getValue())));
    listing.add("mode", itsMode.path("mode").asText());
    print(listing);
  }

  private static String text(JsonNode node) {
    return node.isTextual() ? node.asText() : node.toString();
  }
}
