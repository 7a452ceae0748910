package dev.millrace.bench.contender;

import java.util.ArrayList;
import java.util.List;

/**
 * What a scenario asks of a node.
 *
 * @param heapMb the JVM's largest heap, 0 for what the contender does by itself
 * @param settings broker settings as {@code name=value}
 */
public record Order(int heapMb, List<String> settings) {

  public Order {
    settings = List.copyOf(settings);
  }

  public static Order plain() {
    return new Order(0, List.of());
  }

  public Order heapMb(int heap) {
    return new Order(heap, settings);
  }

  public Order with(String setting) {
    List<String> more = new ArrayList<>(settings);
    more.add(setting);
    return new Order(heapMb, more);
  }
}
