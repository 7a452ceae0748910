/** Smoke seeds, repeatability, and bugs that are put in to be found. */
@NullMarked
package dev.millrace.sim;

import org.jspecify.annotations.NullMarked;
