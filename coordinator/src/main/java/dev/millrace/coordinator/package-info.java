/** Event-sourced state machines that live on a partition: groups and offsets. */
@NullMarked
package dev.millrace.coordinator;

import org.jspecify.annotations.NullMarked;
