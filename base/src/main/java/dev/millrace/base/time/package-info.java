/**
 * Time as a port: the wall clock and the monotonic clock.
 *
 * <p>Owns nothing but the two readings. Production reads the JDK's clocks ({@link
 * dev.millrace.base.time.SystemClock}); a simulation drives both from its seed. Rooms above never
 * call {@code System.currentTimeMillis()} or {@code System.nanoTime()} themselves.
 */
@NullMarked
package dev.millrace.base.time;

import org.jspecify.annotations.NullMarked;
