package dev.millrace.sim;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.sim.cluster.Alterations;
import dev.millrace.wire.Message;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A controller that prefers, as leaders, those who were not in sync. */
final class CarelessController implements Alterations {
  private static final int NODES = 3;

  private final Map<Place, List<Integer>> inSync = new HashMap<>();

  private record Place(Uuid topic, int index) {}

  @Override
  public MetadataLog metadata(int node, MetadataLog log) {
    return (MetadataLog)
        Proxy.newProxyInstance(
            MetadataLog.class.getClassLoader(),
            new Class<?>[] {MetadataLog.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("append")) {
                arguments[1] = careless((List<?>) arguments[1]);
              }
              try {
                return method.invoke(log, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private List<Message> careless(List<?> records) {
    return records.stream().map(Message.class::cast).map(this::careless).toList();
  }

  private Message careless(Message record) {
    if (!(record instanceof PartitionChangeRecord change)) {
      return record;
    }
    Place place = new Place(change.topicId(), change.partitionId());
    List<Integer> known = inSync.getOrDefault(place, List.of());
    if (change.isr() != null) {
      inSync.put(place, change.isr());
    }
    if (change.leader() == PartitionImage.SAME_LEADER || known.isEmpty()) {
      return record;
    }
    for (int node = 1; node <= NODES; node++) {
      if (!known.contains(node)) {
        inSync.put(place, List.of(node));
        return change.toBuilder().leader(node).isr(List.of(node)).build();
      }
    }
    return record;
  }
}
