package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;

/**
 * Looks for schemas that come back to themselves: depth first, without recursion, each schema once
 * however many lead to it.
 */
final class EndlessSearch {
  private static final int SHOWN_MAX = 80;

  private final Function<ObjectNode, List<ObjectNode>> steps;
  private final IdentityHashMap<ObjectNode, Mark> marks = new IdentityHashMap<>();

  /** The way to where the search is, and what stands beside it and is still to be looked at. */
  private final ArrayDeque<ObjectNode> open = new ArrayDeque<>();

  private enum Mark {
    /** On the way: who leads here goes in a circle. */
    ENTERED,
    /** Everything behind it comes to an end. */
    DONE
  }

  /**
   * @param steps where a schema leads to
   */
  EndlessSearch(Function<ObjectNode, List<ObjectNode>> steps) {
    this.steps = steps;
  }

  /** Looks at everything that a schema leads to. */
  void from(ObjectNode start) throws InvalidSchemaException {
    open.push(start);
    while (!open.isEmpty()) {
      ObjectNode schema = open.element();
      if (marks.putIfAbsent(schema, Mark.ENTERED) == null) {
        enter(schema);
      } else {
        marks.put(open.pop(), Mark.DONE);
      }
    }
  }

  private void enter(ObjectNode schema) throws InvalidSchemaException {
    for (ObjectNode next : steps.apply(schema)) {
      Mark mark = marks.get(next);
      if (mark == Mark.ENTERED) {
        throw new InvalidSchemaException(
            "the schema refers to itself without end, through=" + shortened(next));
      }
      if (mark == null) {
        open.push(next);
      }
    }
  }

  private static String shortened(ObjectNode node) {
    String text = node.toString();
    return text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "…" : text;
  }
}
