package dev.millrace.broker.life;

import dev.millrace.broker.Brokers;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.wire.Response;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Brokers where the metadata says that they are. Safe for any thread. */
public final class ImageBrokers implements Brokers {
  private final Network network;
  private final Supplier<ClusterImage> images;
  private final String listener;

  /**
   * @param listener name of the listener on which nodes find each other
   */
  public ImageBrokers(Network network, Supplier<ClusterImage> images, String listener) {
    this.network = network;
    this.images = images;
    this.listener = listener;
  }

  @Override
  public <R extends Response> void ask(
      int broker, Question<R> question, Consumer<R> answered, Consumer<String> failed) {
    Endpoint to = endpoint(images.get(), broker, listener);
    if (to == null) {
      failed.accept("the cluster has no such broker now, broker=" + broker);
      return;
    }
    try {
      network
          .turns()
          .submit(() ->
              network.call(
                  to,
                  Lane.GENERAL,
                  question.then(
                      answered, fault -> failed.accept(String.valueOf(fault.getMessage())))));
    } catch (RejectedExecutionException e) {
      failed.accept("the node is going down");
    }
  }

  /** Where a broker is found by others; null when that is not known. */
  public static @Nullable Endpoint endpoint(ClusterImage image, int broker, String listener) {
    BrokerImage there = image.broker(broker);
    BrokerEndpoint endpoint = there == null ? null : there.endpoint(listener);
    return endpoint == null ? null : new Endpoint(endpoint.host(), endpoint.port());
  }
}
