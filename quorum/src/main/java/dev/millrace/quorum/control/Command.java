package dev.millrace.quorum.control;

/**
 * Something that somebody wants of the cluster's metadata.
 *
 * @param <R> what is replied when it was done
 */
public sealed interface Command<R>
    permits AllocateProducerIds,
        AlterClientQuotas,
        AlterPartition,
        AlterReassignments,
        AlterScramCredentials,
        AssignDirectories,
        BalanceLeaders,
        Bootstrap,
        BrokerHeartbeat,
        ChangeConfigs,
        CreatePartitions,
        CreateTopics,
        DeleteTopics,
        ElectLeaders,
        FenceBroker,
        LostTouch,
        LowerFeatures,
        RegisterBroker,
        ReplaceConfigs,
        UnfenceBroker,
        UnregisterBroker,
        UpdateFeatures {
  /** Decides from {@code rules.image()} alone; changes nothing. */
  Decision<R> decide(Rules rules);
}
