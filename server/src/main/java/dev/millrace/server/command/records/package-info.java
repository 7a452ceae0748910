/** Records written and read: as lines, in formats, with schemas. */
@NullMarked
package dev.millrace.server.command.records;

import org.jspecify.annotations.NullMarked;
