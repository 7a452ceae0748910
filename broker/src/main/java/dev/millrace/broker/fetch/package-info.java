/** Fetch: sessions, the read pass over many partitions, and requests that wait for data. */
@NullMarked
package dev.millrace.broker.fetch;

import org.jspecify.annotations.NullMarked;
