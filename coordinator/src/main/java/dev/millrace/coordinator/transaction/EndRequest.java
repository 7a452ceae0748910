package dev.millrace.coordinator.transaction;

/**
 * EndTxn as the coordinator sees it.
 *
 * @param version transaction version of the client: from 2 on the epoch is bumped
 */
public record EndRequest(
    String transactionalId, ProducerIdentity producer, boolean commit, short version) {}
