/** Topics: made, listed, described, changed, deleted. */
@NullMarked
package dev.millrace.server.command.topic;

import org.jspecify.annotations.NullMarked;
