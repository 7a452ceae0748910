package dev.millrace.quorum.voters;

import java.io.Serial;
import java.util.List;

/**
 * The other voters decided that this node votes no more. Its metadata is whole as far as it has
 * heard: it may go on as a broker that follows them.
 */
public final class TakenOutException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public TakenOutException(List<Integer> voters) {
    super("this node was taken out of the voters, voters=" + voters);
  }
}
