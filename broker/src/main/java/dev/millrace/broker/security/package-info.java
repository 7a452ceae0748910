/**
 * Handlers of authentication and authorization. There is neither yet: each answers so in the way
 * that clients know from a Kafka broker without them, instead of leaving them to guess.
 */
@NullMarked
package dev.millrace.broker.security;

import org.jspecify.annotations.NullMarked;
