/**
 * How a server process writes its log: {@code System.Logger} over the JDK's own logging, one line
 * an event on standard error. Only the command line uses it; an embedded node logs as its host
 * does.
 */
@NullMarked
package dev.millrace.server.logging;

import org.jspecify.annotations.NullMarked;
