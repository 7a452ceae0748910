/**
 * What clients know of a cluster, on calls that do not block.
 *
 * <p>{@link dev.millrace.client.call.Topology} knows nodes and topics and finds them again when
 * they move; it and its users belong to the owner of a {@link dev.millrace.net.call.Network}. It
 * knows nothing of records and groups. Not exported.
 */
@NullMarked
package dev.millrace.client.call;

import org.jspecify.annotations.NullMarked;
