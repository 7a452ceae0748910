/** Nodes, voters, directories, and what is where: shown, moved, evened out. */
@NullMarked
package dev.millrace.server.command.cluster;

import org.jspecify.annotations.NullMarked;
