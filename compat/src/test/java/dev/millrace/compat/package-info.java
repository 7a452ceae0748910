/**
 * Foreign code against ours: what Apache Kafka's own classes say about our bytes, and we about
 * theirs.
 */
@NullMarked
package dev.millrace.compat;

import org.jspecify.annotations.NullMarked;
