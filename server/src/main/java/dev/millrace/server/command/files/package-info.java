/** Files of logs: shown, and taken in from Apache Kafka. */
@NullMarked
package dev.millrace.server.command.files;

import org.jspecify.annotations.NullMarked;
