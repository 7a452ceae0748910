/**
 * The command line for people and scripts: topics, records, groups, settings, files.
 *
 * <p>Every command is a small class with picocli's annotations; {@link
 * dev.millrace.server.command.CommandTree} is the list of them and makes only the one that is
 * called. Commands speak to a node over the protocol as any client does and never look into a
 * running node's rooms. Results go to standard output as a table, or as JSON with {@code --json};
 * progress and errors go to standard error. Exit codes are {@link
 * dev.millrace.server.command.terminal.ExitCode}. What is said about one thing lies in a package of
 * its own; {@code terminal} is what they share.
 */
@NullMarked
package dev.millrace.server.command;

import org.jspecify.annotations.NullMarked;
