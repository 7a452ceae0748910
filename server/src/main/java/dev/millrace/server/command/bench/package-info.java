/** How fast a cluster is from here. */
@NullMarked
package dev.millrace.server.command.bench;

import org.jspecify.annotations.NullMarked;
