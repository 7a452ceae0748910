package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.server.command.terminal.UserException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace schema check SUBJECT FILE}: exit code 1 when it would be refused. */
@Command(
    name = "check",
    description = "Would the schema of a file be taken under a subject? Exit code 1 when not.")
final class SchemaCheck extends OfRegistry {
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

  @Override
  protected void run(RegistryClient client) {
    JsonNode told =
        client.good(
            "POST",
            "/compatibility" + RegistryClient.subject(subject) + "/versions?verbose=true",
            draft(file, type, references));
    boolean isCompatible = told.path("is_compatible").asBoolean();
    if (isJson()) {
      out().println(told);
    } else {
      texts(told.path("messages")).forEach(out()::println);
    }
    out().flush();
    if (!isCompatible) {
      throw UserException.failed("the schema would be refused, subject=" + subject);
    }
    say("compatible with " + subject);
  }
}
