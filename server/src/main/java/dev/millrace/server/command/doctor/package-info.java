/** What is wrong with a cluster or a data directory, and what to do about it. */
@NullMarked
package dev.millrace.server.command.doctor;

import org.jspecify.annotations.NullMarked;
