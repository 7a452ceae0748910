package dev.millrace.broker.share;

import dev.millrace.replica.share.AcknowledgeType;
import dev.millrace.replica.share.Acknowledgement;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The acknowledgements of a request for one partition, read and checked.
 *
 * @param list null when they are no sound acknowledgements
 * @param renews whether one of them renews a lock
 */
record AckBatches(Place place, @Nullable List<Acknowledgement> list, boolean renews) {
  /** Reads the batches of a partition one by one. */
  static final class Builder {
    private final Place place;
    private final boolean mayRenew;
    private final List<Acknowledgement> list = new ArrayList<>();
    private long end;
    private boolean renews;
    private boolean unsound;

    /**
     * @param mayRenew whether the request says that it renews locks
     */
    Builder(Place place, boolean mayRenew) {
      this.place = place;
      this.mayRenew = mayRenew;
    }

    void add(long first, long last, List<Byte> ids) {
      boolean fits = ids.size() == 1 || (!ids.isEmpty() && ids.size() == last - first + 1);
      if (first < end || last < first || last == Long.MAX_VALUE || !fits) {
        unsound = true;
        return;
      }
      end = last + 1;
      List<AcknowledgeType> types = new ArrayList<>(ids.size());
      for (byte id : ids) {
        AcknowledgeType type = AcknowledgeType.of(id);
        if (type == null || (type == AcknowledgeType.RENEW && !mayRenew)) {
          unsound = true;
          return;
        }
        renews |= type == AcknowledgeType.RENEW;
        types.add(type);
      }
      list.add(new Acknowledgement(first, last, types));
    }

    AckBatches build() {
      return new AckBatches(place, unsound ? null : list, renews);
    }
  }

  /** Has them take effect; {@code then} hears how that went. */
  void apply(ShareSession session, SharedPartitions shared, Consumer<SharedPartition.Result> then) {
    ShareSession.Id id = session.id();
    ShareRules.Rules rules = shared.parts().rules().of(id.groupId());
    if (list == null) {
      then.accept(
          new SharedPartition.Result(
              ErrorCode.INVALID_REQUEST, "acknowledgements have no such offsets or types"));
      return;
    }
    if (renews && !rules.renewable()) {
      then.accept(
          new SharedPartition.Result(
              ErrorCode.INVALID_RECORD_STATE, "locks can't be renewed in this group"));
      return;
    }
    SharedPartition partition = shared.find(place.of(id.groupId()));
    if (partition == null) {
      ErrorCode absent = shared.whyAbsent(place.of(id.groupId()));
      then.accept(
          new SharedPartition.Result(
              absent == ErrorCode.NONE ? ErrorCode.INVALID_RECORD_STATE : absent,
              "nothing was acquired here"));
      return;
    }
    partition.acknowledge(id.memberId(), list, rules.limits(), then);
  }
}
