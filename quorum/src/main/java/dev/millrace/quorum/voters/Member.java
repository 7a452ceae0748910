package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.net.Endpoint;

/**
 * A voter of the group with the disk it had when it came in. A node whose disk was lost comes back
 * as another member, so that what the lost one promised is never asked of it.
 *
 * @param id of the node
 * @param incarnation of its disk
 * @param endpoint of its controller listener
 */
public record Member(int id, Uuid incarnation, Endpoint endpoint) {
  /** Id and incarnation in one word; unique in the group for ever. */
  public String name() {
    return id + "_" + incarnation;
  }

  /**
   * The node id in a member's name.
   *
   * @throws IllegalArgumentException when it is no such name
   */
  public static int id(String name) {
    return Integer.parseInt(name.substring(0, underscore(name)));
  }

  /**
   * The member of that name.
   *
   * @throws IllegalArgumentException when it is no such name
   */
  public static Member named(String name, Endpoint endpoint) {
    return new Member(id(name), Uuid.parse(name.substring(underscore(name) + 1)), endpoint);
  }

  private static int underscore(String name) {
    int underscore = name.indexOf('_');
    if (underscore < 1) {
      throw new IllegalArgumentException("no name of a voter, name=" + name);
    }
    return underscore;
  }
}
