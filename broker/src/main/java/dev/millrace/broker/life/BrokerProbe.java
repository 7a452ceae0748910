package dev.millrace.broker.life;

import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.quorum.control.Probe;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Asks brokers where they listen whether they are there. One is gone when its machine says that
 * nobody listens, and it was found there before in the same registration: an address that was never
 * in reach from here proves nothing. Silence proves nothing either.
 *
 * <p>Hears of the metadata to find brokers when they come. Safe for any thread.
 */
public final class BrokerProbe implements Probe, ImageListener {
  private static final int LOOKS_MAX = 3;

  /** Long, because a question that is given up breaks the connection, which others use, too. */
  private static final int ANSWER_MS = 10_000;

  private final Network network;
  private final int self;
  private final String listener;
  private final Map<Integer, Long> foundEpochs = new ConcurrentHashMap<>();

  /**
   * @param self the node that looks; it is not looked for
   * @param listener name of the listener on which nodes find each other
   */
  public BrokerProbe(Network network, int self, String listener) {
    this.network = network;
    this.self = self;
    this.listener = listener;
  }

  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    if (delta.brokersChanged().isEmpty()) {
      return;
    }
    foundEpochs.keySet().removeIf(id -> image.broker(id) == null);
    for (BrokerImage broker : image.brokers().values()) {
      if (broker.id() != self && !broker.fenced() && !isFound(broker)) {
        ask(broker, () -> foundEpochs.put(broker.id(), broker.epoch()), _ -> {});
      }
    }
  }

  @Override
  public void look(BrokerImage broker, Runnable gone) {
    if (isFound(broker)) {
      look(broker, gone, LOOKS_MAX);
    }
  }

  /** A connection that was open breaks first; what counts is the next one. */
  private void look(BrokerImage broker, Runnable gone, int looksLeft) {
    ask(
        broker,
        () -> {},
        fault -> {
          if (fault == Kind.REFUSED) {
            gone.run();
          } else if (fault == Kind.CLOSED && looksLeft > 1) {
            look(broker, gone, looksLeft - 1);
          }
        });
  }

  private boolean isFound(BrokerImage broker) {
    Long epoch = foundEpochs.get(broker.id());
    return epoch != null && epoch == broker.epoch();
  }

  private void ask(BrokerImage broker, Runnable there, Consumer<Kind> failed) {
    if (broker.endpoints().isEmpty()) {
      return;
    }
    BrokerEndpoint named = broker.endpoint(listener);
    BrokerEndpoint told = named == null ? broker.endpoints().getFirst() : named;
    Endpoint to = new Endpoint(told.host(), told.port());
    Question<DescribeClusterResponse> question =
        Question.of(DescribeClusterRequest.DEFAULT, DescribeClusterResponse::read, ANSWER_MS);
    try {
      network
          .turns()
          .submit(() ->
              network.call(
                  to,
                  Lane.GENERAL,
                  question.then(_ -> there.run(), fault -> failed.accept(fault.kind()))));
    } catch (RejectedExecutionException closed) {
      // the node is going down and asks nobody any more
    }
  }
}
