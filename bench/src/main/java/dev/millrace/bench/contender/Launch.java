package dev.millrace.bench.contender;

import java.util.List;
import java.util.Map;

/** How a node's process is started. */
public record Launch(List<String> command, Map<String, String> environment) {

  public Launch {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
