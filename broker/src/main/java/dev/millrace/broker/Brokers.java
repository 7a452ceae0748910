package dev.millrace.broker;

import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.Response;
import java.util.function.Consumer;

/** The way to the other brokers of the cluster. Safe for any thread, and never waits. */
public interface Brokers {
  /** A node that is alone has no others. */
  Brokers NONE =
      new Brokers() {
        @Override
        public <R extends Response> void ask(
            int broker, Question<R> question, Consumer<R> answered, Consumer<String> failed) {
          failed.accept("the cluster has no such broker, broker=" + broker);
        }
      };

  /**
   * Asks a broker; one of the two is called once, on any thread.
   *
   * @param failed told why there is no answer; what was asked may have been done
   */
  <R extends Response> void ask(
      int broker, Question<R> question, Consumer<R> answered, Consumer<String> failed);
}
