package dev.millrace.registry;

import dev.millrace.base.time.Clock;
import dev.millrace.client.ClientException;
import dev.millrace.net.Endpoint;
import dev.millrace.registry.change.Change;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.rest.Answer;
import dev.millrace.registry.rest.MetadataRoutes;
import dev.millrace.registry.rest.Registry;
import dev.millrace.registry.rest.Request;
import dev.millrace.registry.rest.Rest;
import dev.millrace.registry.topic.ClusterTopic;
import dev.millrace.registry.topic.Ledger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry of one node. It costs nothing before the first request: only then it connects
 * to its own node and begins to read {@code _schemas}. Safe for any thread; calls block.
 */
public final class SchemaRegistry implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.millrace.registry");

  private final Setup setup;
  private final Rest rest;
  private final Parsing parsing = new Parsing();
  private final Payloads payloads = new Payloads(parsing);
  private volatile @Nullable Ledger ledger;
  private boolean isClosed;

  /**
   * What a registry needs.
   *
   * @param node where its own node listens, known when the first request comes
   * @param nodeId of that node
   * @param copies how many copies {@code _schemas} gets, of how many brokers there are
   * @param clusterId told to those who ask
   * @param version of the program
   */
  public record Setup(
      Supplier<Endpoint> node,
      int nodeId,
      IntUnaryOperator copies,
      Supplier<String> clusterId,
      String version,
      Clock clock) {}

  /** A registry that waits for its first request. */
  public SchemaRegistry(Setup setup) {
    this.setup = setup;
    this.rest =
        new Rest(new Behind(), parsing, new MetadataRoutes(setup.clusterId(), setup.version()));
  }

  /** Whether a path of HTTP is the registry's; {@code first} is its first segment. */
  public static boolean owns(String first) {
    return Rest.ROOTS.contains(first);
  }

  /** Answers a request. */
  public Answer answer(Request request) {
    return rest.answer(request);
  }

  /**
   * Judges a key or a value by what was replayed; never blocks.
   *
   * @return null while nothing was replayed: {@link #refresh} changes that
   */
  public Payloads.@Nullable Verdict judge(
      Payloads.Wanted wanted, ByteBuffer payload, @Nullable ByteBuffer header) {
    Ledger open = ledger;
    Image image = open == null ? null : open.imageOrNull();
    return image == null ? null : payloads.judge(image, wanted, payload, header);
  }

  /** Replays what was written before this call; blocks, and gives up after some seconds. */
  public void refresh() {
    try {
      var ignored = ledger().fresh();
    } catch (Refusal refusal) {
      LOG.log(Level.WARNING, "schemas cannot be read now: " + refusal.message());
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    Ledger open = ledger;
    if (open != null) {
      open.close();
    }
  }

  private Ledger ledger() {
    Ledger open = ledger;
    return open == null ? openLedger() : open;
  }

  private synchronized Ledger openLedger() {
    Ledger open = ledger;
    if (isClosed) {
      throw Refusal.storeFailed("the node stops");
    }
    if (open == null) {
      try {
        open =
            new Ledger(
                new ClusterTopic(setup.node().get(), setup.copies(), setup.nodeId()),
                setup.clock());
      } catch (ClientException e) {
        throw Refusal.noLeader("Leader not known: " + e.getMessage());
      }
      ledger = open;
    }
    return open;
  }

  /** The ledger, opened when it is first needed. */
  private final class Behind implements Registry {
    @Override
    public Image image() {
      return ledger().image();
    }

    @Override
    public Image fresh() {
      return ledger().fresh();
    }

    @Override
    public <R> R change(Change<R> change) {
      return ledger().change(change);
    }
  }
}
