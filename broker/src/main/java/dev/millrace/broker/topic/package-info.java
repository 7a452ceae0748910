/**
 * Handlers of topics: where they are, how they come and go. What may be done is decided by the
 * controller; what is there is read from the image of the cluster.
 */
@NullMarked
package dev.millrace.broker.topic;

import org.jspecify.annotations.NullMarked;
