/**
 * Handlers of settings: of topics, of brokers, of loggers. What a setting is and which value counts
 * is known by {@link dev.millrace.base.settings}; who may alter what, by the controller.
 */
@NullMarked
package dev.millrace.broker.config;

import org.jspecify.annotations.NullMarked;
