package dev.millrace.coordinator.transaction;

import java.util.List;

/**
 * A producer that writes to partitions in its transaction.
 *
 * @param version transaction version of the request: 2 when the leader of a partition adds it
 */
public record Participation(
    String transactionalId,
    ProducerIdentity producer,
    List<PartitionName> partitions,
    short version) {}
