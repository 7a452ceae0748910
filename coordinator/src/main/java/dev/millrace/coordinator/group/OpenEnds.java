package dev.millrace.coordinator.group;

import java.util.HashMap;
import java.util.Map;

/**
 * Which transactions end while offsets are on their way into them. Between the word of the
 * transaction coordinator that a commit of offsets may enter and the write of that commit, the
 * marker that ends the transaction may be written: then the commit comes too late, or it would be
 * pending for ever. Belongs to the owner.
 */
final class OpenEnds {
  private final Map<Long, Ticket> tickets = new HashMap<>();
  private final Map<Long, Integer> ending = new HashMap<>();

  /** A commit of offsets on its way. */
  static final class Ticket {
    private final long producerId;
    private int holders;
    private boolean late;

    private Ticket(long producerId) {
      this.producerId = producerId;
    }
  }

  /** A commit is about to ask the transaction coordinator. */
  Ticket begin(long producerId) {
    Ticket ticket = tickets.computeIfAbsent(producerId, Ticket::new);
    ticket.holders++;
    return ticket;
  }

  /** A commit got its answer; returns whether no marker came in between. */
  boolean redeem(Ticket ticket) {
    ticket.holders--;
    if (ticket.holders == 0) {
      tickets.remove(ticket.producerId, ticket);
    }
    return !ticket.late && !isEnding(ticket.producerId);
  }

  /** A marker is about to be written. */
  void ending(long producerId) {
    Ticket ticket = tickets.remove(producerId);
    if (ticket != null) {
      ticket.late = true;
    }
    ending.merge(producerId, 1, Integer::sum);
  }

  /** The fate of a marker is known. */
  void ended(long producerId) {
    ending.computeIfPresent(producerId, (_, count) -> count == 1 ? null : count - 1);
  }

  private boolean isEnding(long producerId) {
    return ending.containsKey(producerId);
  }
}
