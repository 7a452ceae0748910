package dev.millrace.coordinator.group;

import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.Draft;

/** Groups that change their protocol while members are in them. */
final class Migrations {
  /** Makes a group classic again whose last member of the consumer protocol went. */
  void downgradeIfDue(Draft draft, ConsumerSettings settings) {}

  /** What follows when a change is committed. */
  void follow(Draft draft) {}
}
