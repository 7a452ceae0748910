package dev.millrace.broker;

import dev.millrace.broker.cluster.ApiVersionsHandler;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The APIs that a listener answers, by their numbers. Immutable. */
public final class Handlers {
  private final List<Handler<?>> all;
  private final List<Handler<?>> attentive;
  private final @Nullable Handler<?>[] byId;

  /**
   * @throws IllegalArgumentException when two handlers answer one API
   */
  public Handlers(List<? extends Handler<?>> handlers) {
    int highest = 0;
    for (ApiKey key : ApiKey.values()) {
      highest = Math.max(highest, key.id());
    }
    List<Handler<?>> given = List.copyOf(handlers);
    all = given;
    attentive = given.stream().filter(handler -> handler.isAttentive()).toList();
    byId = new Handler<?>[highest + 1];
    for (Handler<?> handler : handlers) {
      if (byId[handler.key().id()] != null) {
        throw new IllegalArgumentException("api has two handlers, api=" + handler.key().title());
      }
      byId[handler.key().id()] = handler;
    }
  }

  /** {@code others} with ApiVersions, which lists them all. */
  public static Handlers withApiVersions(List<Handler<?>> others, Node node) {
    List<Handler<?>> all = new ArrayList<>(others);
    all.add(new ApiVersionsHandler(others, node));
    return new Handlers(all);
  }

  /** All handlers, in the order in which they were given. */
  public List<Handler<?>> all() {
    return all;
  }

  /** Those that hear of every request. */
  List<Handler<?>> attentive() {
    return attentive;
  }

  /** The handler of an API's number, or null when it is not answered. */
  @Nullable Handler<? extends Request> of(short apiId) {
    return apiId >= 0 && apiId < byId.length ? byId[apiId] : null;
  }
}
