/** Frames in, replies out in order, outbound calls. */
@NullMarked
package dev.millrace.net;

import org.jspecify.annotations.NullMarked;
