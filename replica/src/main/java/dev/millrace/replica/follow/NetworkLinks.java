package dev.millrace.replica.follow;

import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.wire.message.FetchResponse;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way to leaders over the network, at the addresses that the metadata has for them. */
public final class NetworkLinks implements IntFunction<@Nullable LeaderLink> {
  private final Network network;
  private final String listener;
  private final Supplier<ClusterImage> image;

  /**
   * Links over a network.
   *
   * @param listener name of the listener between brokers ({@code inter.broker.listener.name})
   * @param image the newest that is known; any thread
   */
  public NetworkLinks(Network network, String listener, Supplier<ClusterImage> image) {
    this.network = network;
    this.listener = listener;
    this.image = image;
  }

  @Override
  public @Nullable LeaderLink apply(int broker) {
    BrokerImage known = image.get().broker(broker);
    BrokerEndpoint address = known == null ? null : known.endpoint(listener);
    if (address == null) {
      return null;
    }
    Endpoint to = new Endpoint(address.host(), address.port());
    return (request, timeoutMs, answered, failed) ->
        network.call(
            to,
            Lane.FETCH,
            Exchange.Question.of(request, FetchResponse::read, timeoutMs)
                .then(answered, fault -> failed.accept(String.valueOf(fault.getMessage()))));
  }
}
