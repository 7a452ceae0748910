/**
 * Groups and share groups: who is in them, where they are, how far behind, and where they go on.
 */
@NullMarked
package dev.millrace.server.command.group;

import org.jspecify.annotations.NullMarked;
