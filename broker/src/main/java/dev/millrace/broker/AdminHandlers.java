package dev.millrace.broker;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.cluster.DescribeClusterHandler;
import dev.millrace.broker.cluster.DescribeQuorumHandler;
import dev.millrace.broker.cluster.UpdateFeaturesHandler;
import dev.millrace.broker.config.AlterConfigsHandler;
import dev.millrace.broker.config.DescribeConfigsHandler;
import dev.millrace.broker.config.IncrementalAlterConfigsHandler;
import dev.millrace.broker.config.ListConfigResourcesHandler;
import dev.millrace.broker.config.Loggers;
import dev.millrace.broker.security.CreateAclsHandler;
import dev.millrace.broker.security.DeleteAclsHandler;
import dev.millrace.broker.security.DescribeAclsHandler;
import dev.millrace.broker.security.SaslAuthenticateHandler;
import dev.millrace.broker.security.SaslHandshakeHandler;
import dev.millrace.broker.topic.CreatePartitionsHandler;
import dev.millrace.broker.topic.CreateTopicsHandler;
import dev.millrace.broker.topic.DeleteTopicsHandler;
import dev.millrace.broker.topic.DescribeTopicPartitionsHandler;
import dev.millrace.broker.topic.ElectLeadersHandler;
import dev.millrace.broker.topic.ListPartitionReassignmentsHandler;
import dev.millrace.broker.topic.MetadataHandler;
import dev.millrace.broker.topic.MissingTopics;
import java.util.List;

/** The handlers that need nothing but the cluster's metadata and its controller. */
public final class AdminHandlers {
  private AdminHandlers() {}

  /**
   * All of them but ApiVersions, see {@link Handlers#withApiVersions}. Their answers to changes
   * leave when this node acts on the change.
   */
  public static List<Handler<?>> all(
      Node node, ActiveController active, AppliedMetadata applied, Clock clock) {
    ActiveController controller = new AppliedController(active, node, applied);
    Loggers loggers = new Loggers();
    return List.of(
        new MetadataHandler(node, new MissingTopics(node, controller)),
        new DescribeTopicPartitionsHandler(node),
        new CreateTopicsHandler(node, controller),
        new DeleteTopicsHandler(controller),
        new CreatePartitionsHandler(controller),
        new ElectLeadersHandler(node),
        new ListPartitionReassignmentsHandler(node),
        new DescribeClusterHandler(node),
        new DescribeQuorumHandler(node, clock),
        new UpdateFeaturesHandler(controller),
        new DescribeConfigsHandler(node, loggers),
        new AlterConfigsHandler(controller),
        new IncrementalAlterConfigsHandler(node, controller, loggers),
        new ListConfigResourcesHandler(node),
        new SaslHandshakeHandler(),
        new SaslAuthenticateHandler(),
        new DescribeAclsHandler(),
        new CreateAclsHandler(),
        new DeleteAclsHandler());
  }
}
