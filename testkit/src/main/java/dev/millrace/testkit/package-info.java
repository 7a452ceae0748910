/**
 * A real node inside a test, instead of a container.
 *
 * <p>{@link dev.millrace.testkit.TestBroker} is the plain API: it starts a node of this JVM on a
 * free port, in memory or in a directory, stops and starts it again where it was, and leaves
 * nothing behind. {@link dev.millrace.testkit.WithMillrace} gives one to a JUnit test class; JUnit
 * is needed for that alone. Any Kafka client can connect. {@code docs/testing.md} shows how.
 */
@NullMarked
package dev.millrace.testkit;

import org.jspecify.annotations.NullMarked;
