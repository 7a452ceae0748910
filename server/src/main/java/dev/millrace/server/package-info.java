/**
 * Assembles the house: from settings to a node that serves, and back.
 *
 * <pre>
 *   Main ── ServerProcess ──┐                    ┌── Alone     decides everything itself
 *   Millrace (in a program) ┼── NodePlan ── Startup ── Membership
 *   MillraceCluster ────────┘   settings,     │    └── Joined    one of several: Peers,
 *                               checked       │                  MetadataSource
 *                                             └── Doors, Foundations, Services, Schemas
 * </pre>
 *
 * <p>{@code Startup} is the order in which a node comes to life; each step that begins something
 * tells {@code Teardown} how it ends, and a start that fails leaves nothing behind. {@code Doors}
 * has the listeners, {@code Foundations} directories and owners, {@code Services} what answers
 * clients, {@code Membership} what others have to agree to.
 *
 * <p>It decides nothing that a room below decides: here things are made, joined and ended. A node's
 * threads begin here, and the machine's clock, randomness and files come in here. Programs use
 * {@link dev.millrace.server.Millrace} and {@link dev.millrace.server.MillraceCluster}; what cannot
 * start says why in one line, as a {@link dev.millrace.server.StartException}. Start reading at
 * {@code Startup}.
 */
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
