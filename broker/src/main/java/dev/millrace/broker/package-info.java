/**
 * The front desk: one handler an API key. The list of handlers <em>is</em> the list of supported
 * APIs: {@link dev.millrace.broker.cluster.ApiVersionsHandler} computes from it what clients are
 * told, so nothing is advertised that is not answered, and an API that is not there has no handler.
 *
 * <pre>
 *   frame -> Broker -> Handlers -> Handler -> Call -> answer
 *            reads header           decides    writes the frame,
 *            and body, or           now or     from any thread
 *            closes                 later
 * </pre>
 *
 * <p>Owns the way from a frame to a handler and back, and the versions' differences. It knows no
 * socket (that is {@code net}), decides nothing about metadata (the controller in {@code quorum}),
 * and keeps no record (partitions in {@code replica}, groups and transactions in {@code
 * coordinator}).
 *
 * <p>One package an area, one file an API; each opens with key, versions, behaviour and what each
 * version changed. What clients ask:
 *
 * <ul>
 *   <li>{@code cluster}: ApiVersions 18, DescribeQuorum 55, UpdateFeatures 57, DescribeCluster 60,
 *       UnregisterBroker 64, AddRaftVoter 80, RemoveRaftVoter 81
 *   <li>{@code topic}: Metadata 3, CreateTopics 19, DeleteTopics 20, CreatePartitions 37,
 *       ElectLeaders 43, AlterPartitionReassignments 45, ListPartitionReassignments 46,
 *       DescribeTopicPartitions 75
 *   <li>{@code config}: DescribeConfigs 32, AlterConfigs 33, IncrementalAlterConfigs 44,
 *       ListConfigResources 74
 *   <li>{@code security}: SaslHandshake 17, SaslAuthenticate 36, Describe-, Create- and DeleteAcls
 *       29–31, delegation tokens 38–41, which say that there is no security; quotas 48 and 49,
 *       SCRAM credentials 50 and 51, which are kept and do not count
 *   <li>{@code data} and {@code fetch}: records, offsets, producers, log directories
 *   <li>{@code group}: members of groups of the classic, consumer and streams protocols, committed
 *       offsets
 *   <li>{@code share}: share groups, their sessions and acknowledgements; {@code deadletter} is
 *       where their records go that were given up
 *   <li>{@code transaction}: InitProducerId 22, AddPartitionsToTxn 24, AddOffsetsToTxn 25, EndTxn
 *       26, WriteTxnMarkers 27, TxnOffsetCommit 28, DescribeTransactions 65, ListTransactions 66
 *   <li>{@code coordinator}: FindCoordinator 10, and what coordinators of all kinds need
 * </ul>
 *
 * <p>What nodes are to each other: {@code life} registers a broker and keeps it alive, {@code
 * control} is what the active controller answers to brokers, {@code forward} the way to it, {@code
 * balance} its plans of moves.
 *
 * <p>Threads: a handler runs to completion on the loop that read its frame and never waits there.
 * What it waits for is an entry elsewhere (a command of the controller, a partition, a group) that
 * answers the {@link dev.millrace.broker.Call} later, from any thread. A request that changes
 * something later than its handler returns holds the connection's next request back ({@link
 * dev.millrace.broker.Call#holdNext}), so that clients that pipeline see their own changes.
 *
 * <p>Limits: {@link dev.millrace.broker.Handler#elementsMax} array elements a request; a topic or a
 * resource that is named twice is answered once; pages of {@code max.request.partition.size.limit}
 * partitions in DescribeTopicPartitions.
 *
 * <p>Start with {@link dev.millrace.broker.Broker}, then {@link
 * dev.millrace.broker.topic.CreateTopicsHandler}.
 */
@NullMarked
package dev.millrace.broker;

import org.jspecify.annotations.NullMarked;
