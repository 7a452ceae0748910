package dev.millrace.broker;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.cluster.AddRaftVoterHandler;
import dev.millrace.broker.cluster.DescribeClusterHandler;
import dev.millrace.broker.cluster.DescribeQuorumHandler;
import dev.millrace.broker.cluster.RemoveRaftVoterHandler;
import dev.millrace.broker.cluster.UnregisterBrokerHandler;
import dev.millrace.broker.cluster.UpdateFeaturesHandler;
import dev.millrace.broker.config.AlterConfigsHandler;
import dev.millrace.broker.config.DescribeConfigsHandler;
import dev.millrace.broker.config.IncrementalAlterConfigsHandler;
import dev.millrace.broker.config.ListConfigResourcesHandler;
import dev.millrace.broker.config.Loggers;
import dev.millrace.broker.security.AlterClientQuotasHandler;
import dev.millrace.broker.security.AlterUserScramCredentialsHandler;
import dev.millrace.broker.security.CreateAclsHandler;
import dev.millrace.broker.security.CreateDelegationTokenHandler;
import dev.millrace.broker.security.DeleteAclsHandler;
import dev.millrace.broker.security.DescribeAclsHandler;
import dev.millrace.broker.security.DescribeClientQuotasHandler;
import dev.millrace.broker.security.DescribeDelegationTokenHandler;
import dev.millrace.broker.security.DescribeUserScramCredentialsHandler;
import dev.millrace.broker.security.ExpireDelegationTokenHandler;
import dev.millrace.broker.security.RenewDelegationTokenHandler;
import dev.millrace.broker.security.SaslAuthenticateHandler;
import dev.millrace.broker.security.SaslHandshakeHandler;
import dev.millrace.broker.topic.AlterPartitionReassignmentsHandler;
import dev.millrace.broker.topic.CreatePartitionsHandler;
import dev.millrace.broker.topic.CreateTopicsHandler;
import dev.millrace.broker.topic.DeleteTopicsHandler;
import dev.millrace.broker.topic.DescribeTopicPartitionsHandler;
import dev.millrace.broker.topic.ElectLeadersHandler;
import dev.millrace.broker.topic.ListPartitionReassignmentsHandler;
import dev.millrace.broker.topic.MetadataHandler;
import dev.millrace.broker.topic.MissingTopics;
import java.util.ArrayList;
import java.util.List;

/** The handlers that need nothing but the cluster's metadata and its controller. */
public final class AdminHandlers {
  private AdminHandlers() {}

  /** All of them on a node that decides everything itself. */
  public static List<Handler<?>> all(
      Node node, ActiveController controller, AppliedMetadata applied, Clock clock) {
    return all(node, controller, controller, applied, clock);
  }

  /**
   * All of them but ApiVersions, see {@link Handlers#withApiVersions}. Their answers to changes
   * leave when this node acts on the change.
   *
   * @param local runs the commands of clients: this node's own controller, which refuses while
   *     another node leads
   * @param active runs what the node itself wants, wherever the active controller is
   */
  public static List<Handler<?>> all(
      Node node,
      ActiveController local,
      ActiveController active,
      AppliedMetadata applied,
      Clock clock) {
    List<Handler<?>> all = new ArrayList<>();
    all.add(new MetadataHandler(node, new MissingTopics(node, active)));
    all.add(new DescribeTopicPartitionsHandler(node));
    all.add(new DescribeClusterHandler(node));
    all.addAll(changes(node, new AppliedController(local, node, applied), clock));
    all.addAll(views(node));
    all.add(new SaslHandshakeHandler());
    all.add(new SaslAuthenticateHandler());
    all.add(new DescribeAclsHandler());
    all.add(new CreateAclsHandler());
    all.add(new DeleteAclsHandler());
    all.add(new CreateDelegationTokenHandler());
    all.add(new RenewDelegationTokenHandler());
    all.add(new ExpireDelegationTokenHandler());
    all.add(new DescribeDelegationTokenHandler());
    return all;
  }

  /** Those that change the cluster, or tell what its active controller alone knows. */
  public static List<Handler<?>> changes(Node node, ActiveController controller, Clock clock) {
    Loggers loggers = new Loggers();
    return List.of(
        new CreateTopicsHandler(node, controller),
        new DeleteTopicsHandler(controller),
        new CreatePartitionsHandler(controller),
        new ElectLeadersHandler(controller),
        new AlterPartitionReassignmentsHandler(controller),
        new DescribeQuorumHandler(node, controller, clock),
        new AddRaftVoterHandler(node, controller),
        new RemoveRaftVoterHandler(node, controller),
        new UpdateFeaturesHandler(controller),
        new AlterConfigsHandler(controller),
        new IncrementalAlterConfigsHandler(node, controller, loggers),
        new AlterClientQuotasHandler(controller),
        new AlterUserScramCredentialsHandler(controller),
        new UnregisterBrokerHandler(controller));
  }

  /** Those that tell what every node knows. */
  public static List<Handler<?>> views(Node node) {
    return List.of(
        new ListPartitionReassignmentsHandler(node),
        new DescribeConfigsHandler(node, new Loggers()),
        new ListConfigResourcesHandler(node),
        new DescribeClientQuotasHandler(node),
        new DescribeUserScramCredentialsHandler(node));
  }
}
