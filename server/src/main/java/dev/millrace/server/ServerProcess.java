package dev.millrace.server;

import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.voters.TakenOutException;
import dev.millrace.server.command.terminal.ExitCode;
import dev.millrace.server.command.terminal.UserException;
import dev.millrace.server.logging.LogSetup;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A node that is a process: it says once that it serves, and a signal ends it in order. Ends with
 * exit code 0 when it was told to stop, with 1 when it cannot go on.
 */
final class ServerProcess {
  private final AtomicReference<@Nullable Node> running = new AtomicReference<>();
  private volatile ExitCode exitCode = ExitCode.OK;

  ServerProcess() {}

  /**
   * Starts a node and stays until the process is told to stop.
   *
   * @throws UserException when the node cannot start
   */
  static void run(ServerOptions options) {
    ServerProcess process = new ServerProcess();
    // a signal while the node is still starting ends it at once: nothing is acknowledged by then
    Runtime.getRuntime().addShutdownHook(process.stopping());
    try {
      Node _ = process.start(options);
      new CountDownLatch(1).await(); // a node's threads don't keep the process alive, this one does
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StartException e) {
      String message = String.valueOf(e.getMessage());
      throw process.refused(
          e.isSetting() ? UserException.usage(message) : UserException.failed(message));
    } catch (UserException e) {
      throw process.refused(e);
    } catch (RuntimeException | Error e) {
      process.fail(e);
    }
  }

  private UserException refused(UserException why) {
    exitCode = why.exitCode();
    return why;
  }

  /** Ends the node in order, and then the process. */
  Thread stopping() {
    return new Thread(this::stop, "stop");
  }

  /** Starts the node, says that it serves, and returns it. */
  Node start(ServerOptions options) {
    NodePlan plan = NodePlan.of(WrittenSettings.of(options), options.http());
    LogSetup.level(plan.logLevel());
    Node node = start(plan);
    System.out.println(ReadyLine.of(node));
    System.out.flush();
    return node;
  }

  private Node start(NodePlan plan) {
    Node node;
    try {
      node = Node.start(plan, cause -> ended(plan, cause));
    } catch (StartException e) { // it may have been taken out while it was down
      if (!(e.getCause() instanceof TakenOutException) || !plan.isBroker()) {
        throw e;
      }
      node = Node.start(plan, cause -> ended(plan, cause));
    }
    running.set(node);
    return node;
  }

  /** A broker whose vote was taken away goes on without one; nothing else goes on. */
  private void ended(NodePlan plan, RuntimeException cause) {
    if (cause instanceof TakenOutException && plan.isBroker()) {
      Logger log = System.getLogger(ServerProcess.class.getName());
      log.log(Level.WARNING, cause.getMessage() + "; it goes on as a broker without a vote");
      new Thread(() -> beginAgain(plan), "restart").start();
    } else {
      fail(cause);
    }
  }

  private void beginAgain(NodePlan plan) {
    Node node = running.getAndSet(null);
    if (node == null) {
      return; // the process was told to stop meanwhile
    }
    try {
      node.close();
      Node _ = start(plan);
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /** The node cannot go on. What says itself why it is needs no trace of where it was found. */
  private void fail(Throwable cause) {
    Logger log = System.getLogger(ServerProcess.class.getName());
    boolean isExplained =
        cause instanceof StartException
            || cause instanceof MetadataException
            || cause instanceof TakenOutException;
    log.log(
        Level.ERROR,
        "node ends: " + cause.getMessage(),
        isExplained && cause.getCause() == null ? null : cause);
    exitCode = ExitCode.FAILED;
    new Thread(() -> System.exit(ExitCode.FAILED.code()), "fail").start();
  }

  private void stop() {
    Node node = running.getAndSet(null);
    if (node != null) {
      node.close();
    }
    Runtime.getRuntime().halt(exitCode.code());
  }
}
