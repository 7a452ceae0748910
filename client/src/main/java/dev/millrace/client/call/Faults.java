package dev.millrace.client.call;

import dev.millrace.client.ClientException;
import dev.millrace.net.NetException;
import java.util.function.Consumer;

/** Faults of the network as a client's program hears of them. */
public final class Faults {
  private Faults() {}

  /** The fault; it may pass unless the node does not speak what is asked. */
  public static ClientException of(NetException fault) {
    String message = String.valueOf(fault.getMessage());
    return switch (fault.kind()) {
      case VERSION, UNREADABLE -> ClientException.failed(message, fault);
      default -> ClientException.broken(message, fault);
    };
  }

  /** Hears of the network's faults for {@code failed}. */
  public static Consumer<NetException> told(Consumer<ClientException> failed) {
    return fault -> failed.accept(of(fault));
  }
}
