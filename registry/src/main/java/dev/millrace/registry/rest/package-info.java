/**
 * The registry's REST interface as Confluent publishes it: paths, parameters, answers, codes and
 * messages. Requests and answers are values: which server carries them is not known here.
 *
 * <p>Owns what is said to clients; the decisions are made in {@code change}. Calls block, on any
 * thread, virtual ones too. Start reading at {@link dev.millrace.registry.rest.Rest}.
 */
@NullMarked
package dev.millrace.registry.rest;

import org.jspecify.annotations.NullMarked;
