package dev.millrace.server.command.schema;

/**
 * {@code millrace schema export}: everything, a line each, in an order in which it can come back.
 */
@picocli.CommandLine.Command(
    name = "export",
    description = "Print all versions with their ids, one JSON object a line, for schema import.")
final class SchemaExport extends OfRegistry {
  @Override
  protected void run(RegistryClient client) {
    SchemaCopy.versions(client).forEach(out()::println);
  }
}
