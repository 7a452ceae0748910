package dev.millrace.broker.topic;

import java.util.List;

/** Creates the topics that clients ask for by name. */
public interface AutoCreation {
  /**
   * Begins to create those of {@code names} that are not there and may be created. Does not wait
   * for them: clients ask again.
   */
  void create(List<String> names);
}
