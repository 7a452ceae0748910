/** Assembles the house: settings, start and stop order, embedded API, command line. */
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
