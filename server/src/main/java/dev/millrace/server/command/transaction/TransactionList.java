package dev.millrace.server.command.transaction;

import dev.millrace.client.Cluster;
import dev.millrace.client.Transactions;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace transaction list}. */
@Command(name = "list", description = "List transactional ids and their transactions.")
final class TransactionList extends Connected {
  @Option(
      names = "--open-for",
      paramLabel = "SECONDS",
      description = "Only those that have been open for so long.")
  private @Nullable Long openForSeconds;

  @Override
  protected void run(Cluster cluster) {
    Transactions transactions = new Transactions(cluster);
    Listing listing =
        Listing.of("id", "state", "producerId", "epoch", "openSeconds", "timeoutMs", "partitions");
    long nowMs = Instant.now().toEpochMilli();
    for (Transactions.Listed listed : transactions.list()) {
      Transactions.Described one = transactions.describe(listed.id());
      Long open =
          one.startedMs() < 0 ? null : Duration.ofMillis(nowMs - one.startedMs()).toSeconds();
      if (openForSeconds == null || (open != null && open >= openForSeconds)) {
        listing.add(
            one.id(),
            one.state(),
            one.producerId(),
            one.producerEpoch(),
            open,
            one.timeoutMs(),
            one.partitions());
      }
    }
    print(listing);
  }
}
