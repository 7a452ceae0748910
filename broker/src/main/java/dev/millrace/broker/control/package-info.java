/**
 * What a controller answers to brokers and to tools on its own listener: registrations, heartbeats,
 * in-sync sets, blocks of producer ids, requests of clients in envelopes, and the admin requests
 * that tools send to controllers directly. {@link dev.millrace.broker.control.ControllerHandlers}
 * is the list.
 *
 * <p>Handlers turn requests into commands; a node that does not lead the metadata answers
 * NOT_CONTROLLER to all of them. They decide nothing themselves and know no partition's log.
 */
@NullMarked
package dev.millrace.broker.control;

import org.jspecify.annotations.NullMarked;
