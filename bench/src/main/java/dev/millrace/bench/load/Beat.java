package dev.millrace.bench.load;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a {@link Probe} does again and again, and whom it asks for it. One thread uses it. */
public interface Beat {
  /** The port of the node that does it now, as another node says; null when it does not know. */
  @Nullable Integer port(BrokerSocket any) throws IOException;

  /** Does it once; whether it was accepted. */
  boolean accepted(BrokerSocket socket) throws IOException;
}
