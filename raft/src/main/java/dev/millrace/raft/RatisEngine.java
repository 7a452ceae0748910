package dev.millrace.raft;

import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.voters.Agreement;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts Ratis. */
public final class RatisEngine implements Agreement.Engine {
  /** Ratis tells every retry with a stack trace; what matters is told by the log above it. */
  private static final Logger CHATTER = Logger.getLogger("org.apache.ratis");

  @Override
  public Agreement start(Agreement.Setup setup) {
    if (CHATTER.getLevel() == null) {
      CHATTER.setLevel(Level.SEVERE);
    }
    try {
      return RatisAgreement.start(setup);
    } catch (IOException | RuntimeException fault) {
      throw new MetadataException(
          "agreement of the voters cannot start, dir="
              + setup.directory()
              + ": "
              + fault.getMessage()
              + Agreement.HEALING,
          fault);
    }
  }
}
