package dev.millrace.broker.transaction;

import dev.millrace.broker.Brokers;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.transaction.Markers;
import dev.millrace.coordinator.transaction.PartitionName;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.WriteTxnMarkersRequest;
import dev.millrace.wire.message.WriteTxnMarkersRequest.WritableTxnMarker;
import dev.millrace.wire.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import dev.millrace.wire.message.WriteTxnMarkersResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * Writes the ends of transactions where their partitions are led: here, or by WriteTxnMarkers on
 * other brokers. A partition that nobody leads at the moment is answered with an error, and the
 * coordinator tries again for as long as it takes. Safe for any thread.
 */
final class RoutedMarkers implements Markers {
  private static final int TIMEOUT_MS = 10_000;

  private final Node node;
  private final Markers here;
  private final Brokers brokers;

  RoutedMarkers(Node node, Markers here, Brokers brokers) {
    this.node = node;
    this.here = here;
    this.brokers = brokers;
  }

  @Override
  public void write(Marker marker, List<PartitionName> to, Consumer<List<ErrorCode>> answers) {
    ClusterImage image = node.image();
    Map<Integer, List<Integer>> byLeader = new TreeMap<>();
    for (int i = 0; i < to.size(); i++) {
      byLeader.computeIfAbsent(leader(image, to.get(i)), id -> new ArrayList<>()).add(i);
    }
    if (byLeader.size() == 1 && byLeader.containsKey(node.id())) {
      here.write(marker, to, answers);
      return;
    }
    AtomicReferenceArray<ErrorCode> errors = new AtomicReferenceArray<>(to.size());
    AtomicInteger open = new AtomicInteger(byLeader.size());
    byLeader.forEach((leader, places) -> {
      List<PartitionName> its = places.stream().map(to::get).toList();
      write(
          leader,
          marker,
          its,
          told -> {
            for (int i = 0; i < places.size(); i++) {
              errors.set(places.get(i), told.get(i));
            }
            if (open.decrementAndGet() == 0) {
              answers.accept(list(errors));
            }
          });
    });
  }

  /** This node's id where it decides what is wrong: it leads, or there is no such partition. */
  private int leader(ClusterImage image, PartitionName name) {
    TopicImage topic = image.topic(name.topic());
    PartitionImage partition = topic == null ? null : topic.partition(name.partition());
    return partition == null ? node.id() : partition.leader();
  }

  private void write(
      int leader, Marker marker, List<PartitionName> its, Consumer<List<ErrorCode>> told) {
    if (leader == node.id()) {
      here.write(marker, its, told);
    } else if (leader == PartitionImage.NO_LEADER) {
      told.accept(all(its, ErrorCode.LEADER_NOT_AVAILABLE));
    } else {
      brokers.ask(
          leader,
          Question.of(request(marker, its), WriteTxnMarkersResponse::read, TIMEOUT_MS),
          response -> told.accept(errors(response, its)),
          fault -> told.accept(all(its, ErrorCode.NETWORK_EXCEPTION)));
    }
  }

  private static WriteTxnMarkersRequest request(Marker marker, List<PartitionName> its) {
    Map<String, List<Integer>> topics = new TreeMap<>();
    its.forEach(
        one -> topics.computeIfAbsent(one.topic(), name -> new ArrayList<>()).add(one.partition()));
    List<WritableTxnMarkerTopic> named = new ArrayList<>();
    topics.forEach((name, indexes) -> named.add(new WritableTxnMarkerTopic(name, indexes)));
    return new WriteTxnMarkersRequest(
        List.of(
            WritableTxnMarker.builder()
                .producerId(marker.producer().id())
                .producerEpoch(marker.producer().epoch())
                .transactionResult(marker.commit())
                .topics(named)
                .coordinatorEpoch(marker.coordinatorEpoch())
                .transactionVersion((byte) marker.version())
                .build()));
  }

  /** In the order of {@code its}; what the answer leaves out is tried again. */
  private static List<ErrorCode> errors(WriteTxnMarkersResponse response, List<PartitionName> its) {
    Map<PartitionName, ErrorCode> told = new HashMap<>();
    for (var marker : response.markers()) {
      for (var topic : marker.topics()) {
        for (var partition : topic.partitions()) {
          ErrorCode error = ErrorCode.of(partition.errorCode());
          told.put(
              new PartitionName(topic.name(), partition.partitionIndex()),
              error == null ? ErrorCode.UNKNOWN_SERVER_ERROR : error);
        }
      }
    }
    return its.stream()
        .map(one -> told.getOrDefault(one, ErrorCode.NOT_LEADER_OR_FOLLOWER))
        .toList();
  }

  private static List<ErrorCode> all(List<PartitionName> its, ErrorCode error) {
    return its.stream().map(_ -> error).toList();
  }

  private static List<ErrorCode> list(AtomicReferenceArray<ErrorCode> errors) {
    List<ErrorCode> all = new ArrayList<>(errors.length());
    for (int i = 0; i < errors.length(); i++) {
      all.add(errors.get(i));
    }
    return all;
  }
}
