package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue.Endpoint;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.Subtopology;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse.EndpointToPartitions;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which member answers questions about which partitions, and where: members that may be asked from
 * outside have an address, and all members tell each other's (interactive queries).
 */
final class Endpoints {
  private Endpoints() {}

  /** One entry for each member with an address; none while topics are missing. */
  static List<EndpointToPartitions> of(StreamsGroup group, @Nullable Layout layout) {
    List<EndpointToPartitions> endpoints = new ArrayList<>();
    for (StreamsMember member : new TreeMap<>(group.members()).values()) {
      Endpoint address = member.profile().userEndpoint();
      if (address != null && layout != null && layout.isReady()) {
        Assigned assigned = member.position().assigned();
        List<TopicPartition> copies =
            new ArrayList<>(partitions(group, layout, assigned.standby()));
        copies.addAll(partitions(group, layout, assigned.warmup()));
        endpoints.add(
            new EndpointToPartitions(
                new StreamsGroupHeartbeatResponse.Endpoint(address.host(), address.port()),
                partitions(group, layout, assigned.active()),
                copies));
      }
    }
    return endpoints;
  }

  /** The partitions of the topics that tasks read. */
  private static List<TopicPartition> partitions(StreamsGroup group, Layout layout, Tasks tasks) {
    Topology topology = group.topology();
    List<TopicPartition> partitions = new ArrayList<>();
    for (String id : tasks.subtopologies()) {
      Subtopology subtopology = topology == null ? null : topology.subtopologies().get(id);
      if (subtopology != null) {
        for (String topic : Topology.inputs(subtopology)) {
          int count = layout.inputs().getOrDefault(topic, 0);
          List<Integer> read = tasks.of(id).stream().filter(each -> each < count).toList();
          if (!read.isEmpty()) {
            partitions.add(new TopicPartition(topic, read));
          }
        }
      }
    }
    return partitions;
  }
}
