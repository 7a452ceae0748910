/**
 * Cluster metadata: the metadata log, the controller's decisions, an immutable image for readers.
 */
@NullMarked
package dev.millrace.quorum;

import org.jspecify.annotations.NullMarked;
