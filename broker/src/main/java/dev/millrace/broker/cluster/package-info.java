/** Handlers of what concerns the cluster as a whole: versions, brokers, metadata, features. */
@NullMarked
package dev.millrace.broker.cluster;

import org.jspecify.annotations.NullMarked;
