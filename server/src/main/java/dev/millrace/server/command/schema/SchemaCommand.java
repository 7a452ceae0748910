package dev.millrace.server.command.schema;

import picocli.CommandLine.Command;

/** The commands about the schema registry. */
@Command(
    name = "schema",
    description = "Look at, register, compare, delete, export and import schemas.",
    subcommands = {
      SchemaList.class,
      SchemaGet.class,
      SchemaRegister.class,
      SchemaCheck.class,
      SchemaDiff.class,
      SchemaDelete.class,
      SchemaConfig.class,
      SchemaExport.class,
      SchemaImport.class
    })
public final class SchemaCommand {}
