package dev.millrace.replica;

import java.util.HashMap;
import java.util.Map;

/**
 * Batches that are to begin a transaction here and whose coordinator is being asked. A marker that
 * is written meanwhile voids them: the transaction that the coordinator spoke of is over, and a
 * batch behind its marker would hang (KIP-890). Belongs to the partition's lock.
 */
final class Admissions {
  private final Map<Long, Admission> open = new HashMap<>(0);

  /** The first batch of a producer asks, or another one while it does. */
  Admission begin(long producerId) {
    Admission admission = open.computeIfAbsent(producerId, Admission::new);
    admission.holders++;
    return admission;
  }

  /** Nobody waits with it any more, or one less does. */
  void end(Admission admission) {
    admission.holders--;
    if (admission.holders == 0) {
      open.remove(admission.producerId, admission);
    }
  }

  /** A producer's marker is in the log. */
  void ended(long producerId) {
    Admission admission = open.remove(producerId);
    if (admission != null) {
      admission.late = true;
    }
  }
}
