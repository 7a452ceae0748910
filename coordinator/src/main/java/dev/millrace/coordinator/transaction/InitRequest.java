package dev.millrace.coordinator.transaction;

/**
 * InitProducerId as the coordinator sees it.
 *
 * @param timeoutMs longest duration of its transactions, milliseconds
 * @param expected who the producer takes itself for, when it begins again after an error (KIP-360);
 *     {@link ProducerIdentity#NONE} for a new one
 */
public record InitRequest(String transactionalId, int timeoutMs, ProducerIdentity expected) {}
