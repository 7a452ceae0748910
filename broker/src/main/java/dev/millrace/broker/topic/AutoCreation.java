package dev.millrace.broker.topic;

import dev.millrace.broker.Call;
import java.util.List;

/** Creates the topics that clients ask for by name. */
public interface AutoCreation {
  /**
   * Creates those of {@code names} that are not there and may be created, then runs {@code then},
   * on any thread: when they are there, when one of them cannot be created, or when waiting for
   * them takes too long.
   */
  void create(List<String> names, Call call, Runnable then);
}
