package dev.millrace.broker.transaction;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.transaction.Markers;
import dev.millrace.coordinator.transaction.Markers.Marker;
import dev.millrace.coordinator.transaction.PartitionName;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.WriteTxnMarkersRequest;
import dev.millrace.wire.message.WriteTxnMarkersRequest.WritableTxnMarker;
import dev.millrace.wire.message.WriteTxnMarkersRequest.WritableTxnMarkerTopic;
import dev.millrace.wire.message.WriteTxnMarkersResponse;
import dev.millrace.wire.message.WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult;
import dev.millrace.wire.message.WriteTxnMarkersResponse.WritableTxnMarkerResult;
import dev.millrace.wire.message.WriteTxnMarkersResponse.WritableTxnMarkerTopicResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * WriteTxnMarkers (27), versions 1–2: writes the ends of transactions to partitions that this node
 * leads, for coordinators on other nodes and for tools that abort a hanging transaction (KIP-664).
 *
 * <ul>
 *   <li>2: the transaction's version, which says how its epoch is checked (KIP-1228)
 * </ul>
 */
final class WriteTxnMarkersHandler implements Handler<WriteTxnMarkersRequest> {
  private final Markers markers;

  WriteTxnMarkersHandler(Markers markers) {
    this.markers = markers;
  }

  @Override
  public ApiKey key() {
    return ApiKey.WRITE_TXN_MARKERS;
  }

  @Override
  public void handle(Call call, WriteTxnMarkersRequest request) {
    List<WritableTxnMarker> asked = request.markers();
    AtomicReferenceArray<WritableTxnMarkerResult> results =
        new AtomicReferenceArray<>(asked.size());
    AtomicInteger open = new AtomicInteger(asked.size() + 1);
    Runnable done =
        () -> {
          if (open.decrementAndGet() == 0) {
            call.answer(response(results));
          }
        };
    for (int i = 0; i < asked.size(); i++) {
      int index = i;
      WritableTxnMarker one = asked.get(i);
      markers.write(
          marker(one),
          partitions(one),
          errors -> {
            results.set(index, result(one, errors.iterator()));
            done.run();
          });
    }
    done.run();
  }

  private static Marker marker(WritableTxnMarker one) {
    return new Marker(
        new ProducerIdentity(one.producerId(), one.producerEpoch()),
        one.transactionResult(),
        one.coordinatorEpoch(),
        one.transactionVersion());
  }

  private static List<PartitionName> partitions(WritableTxnMarker one) {
    List<PartitionName> partitions = new ArrayList<>();
    for (WritableTxnMarkerTopic topic : one.topics()) {
      topic
          .partitionIndexes()
          .forEach(index -> partitions.add(new PartitionName(topic.name(), index)));
    }
    return partitions;
  }

  private static WritableTxnMarkerResult result(WritableTxnMarker one, Iterator<ErrorCode> errors) {
    List<WritableTxnMarkerTopicResult> topics = new ArrayList<>(one.topics().size());
    for (WritableTxnMarkerTopic topic : one.topics()) {
      List<WritableTxnMarkerPartitionResult> partitions =
          new ArrayList<>(topic.partitionIndexes().size());
      for (int index : topic.partitionIndexes()) {
        partitions.add(
            WritableTxnMarkerPartitionResult.builder()
                .partitionIndex(index)
                .errorCode(told(errors.next()))
                .build());
      }
      topics.add(new WritableTxnMarkerTopicResult(topic.name(), partitions));
    }
    return new WritableTxnMarkerResult(one.producerId(), topics);
  }

  /** The sender knows partitions, not coordinators. */
  private static ErrorCode told(ErrorCode error) {
    return switch (error) {
      case NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE ->
          ErrorCode.NOT_LEADER_OR_FOLLOWER;
      default -> error;
    };
  }

  private static WriteTxnMarkersResponse response(
      AtomicReferenceArray<WritableTxnMarkerResult> results) {
    List<WritableTxnMarkerResult> all = new ArrayList<>(results.length());
    for (int i = 0; i < results.length(); i++) {
      all.add(results.get(i));
    }
    return WriteTxnMarkersResponse.builder().markers(all).build();
  }
}
