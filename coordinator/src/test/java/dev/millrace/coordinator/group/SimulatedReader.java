package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import java.util.Set;

/** A member of either protocol, in a simulation. */
interface SimulatedReader {
  /** A partition of a topic. */
  record Place(Uuid topic, int partition) {}

  void start();

  /** Stops without a word. */
  void crash();

  void leave();

  boolean isGone();

  String memberId();

  /** The epoch or generation that it believes to be in. */
  int epoch();

  /** What it reads. */
  Set<Place> owned();

  /** Whether it wants to read a topic. */
  boolean reads(String topic);
}
