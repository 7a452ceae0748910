/** One partition's bytes on disk: segments, indexes, producer states, recovery, retention. */
@NullMarked
package dev.millrace.log;

import org.jspecify.annotations.NullMarked;
