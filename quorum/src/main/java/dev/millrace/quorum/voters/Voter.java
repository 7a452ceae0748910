package dev.millrace.quorum.voters;

import dev.millrace.net.Endpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A voter as {@code controller.quorum.voters} names it: {@code ID@HOST:PORT}. */
public record Voter(int id, Endpoint endpoint) {
  /**
   * Reads the elements of the setting.
   *
   * @throws IllegalArgumentException when one is malformed, or an id comes twice
   */
  public static List<Voter> parse(List<String> elements) {
    List<Voter> voters = new ArrayList<>();
    Set<Integer> ids = new HashSet<>();
    for (String element : elements) {
      Voter voter = parse(element);
      if (!ids.add(voter.id)) {
        throw new IllegalArgumentException("a voter is named twice, id=" + voter.id);
      }
      voters.add(voter);
    }
    return List.copyOf(voters);
  }

  private static Voter parse(String element) {
    int at = element.indexOf('@');
    if (at > 0) {
      try {
        int id = Integer.parseInt(element.substring(0, at).strip());
        if (id >= 0) {
          return new Voter(id, Endpoint.parse(element.substring(at + 1)));
        }
      } catch (NumberFormatException wrong) {
        // said below
      }
    }
    throw new IllegalArgumentException(
        "a voter is written ID@HOST:PORT, for example 1@127.0.0.1:9093, voter=" + element);
  }
}
