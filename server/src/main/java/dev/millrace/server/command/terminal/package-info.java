/**
 * What all commands share: where the cluster is, tables and JSON, progress, exit codes, times as
 * people write them.
 */
@NullMarked
package dev.millrace.server.command.terminal;

import org.jspecify.annotations.NullMarked;
