package dev.millrace.server.command.transaction;

import dev.millrace.client.Cluster;
import dev.millrace.client.Transactions;
import dev.millrace.server.command.terminal.Connected;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace transaction abort ID}. */
@Command(
    name = "abort",
    description = "Abort the open transactions of ids; their producers are fenced.")
final class TransactionAbort extends Connected {
  @Parameters(paramLabel = "ID", arity = "1..*", description = "Transactional ids.")
  private List<String> ids = List.of();

  @Override
  protected void run(Cluster cluster) {
    Transactions transactions = new Transactions(cluster);
    for (String id : ids) {
      transactions.abort(id);
      say("aborted what was open of " + id);
    }
  }
}
