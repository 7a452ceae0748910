/** Settings of topics, nodes and groups. */
@NullMarked
package dev.millrace.server.command.config;

import org.jspecify.annotations.NullMarked;
