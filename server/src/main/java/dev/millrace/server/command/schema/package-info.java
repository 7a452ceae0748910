/** The schema registry of a node, over HTTP. */
@NullMarked
package dev.millrace.server.command.schema;

import org.jspecify.annotations.NullMarked;
