package dev.millrace.broker.transaction;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeTransactionsRequest;
import dev.millrace.wire.message.DescribeTransactionsResponse;
import dev.millrace.wire.message.DescribeTransactionsResponse.TransactionState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * DescribeTransactions (65), version 0: where transactional ids stand (KIP-664). An id that is
 * named twice is described once.
 */
final class DescribeTransactionsHandler implements Handler<DescribeTransactionsRequest> {
  private final TransactionCoordinator coordinator;

  DescribeTransactionsHandler(TransactionCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_TRANSACTIONS;
  }

  @Override
  public void handle(Call call, DescribeTransactionsRequest request) {
    List<String> ids = List.copyOf(new LinkedHashSet<>(request.transactionalIds()));
    AtomicReferenceArray<TransactionState> states = new AtomicReferenceArray<>(ids.size());
    AtomicInteger open = new AtomicInteger(ids.size() + 1);
    Runnable done =
        () -> {
          if (open.decrementAndGet() == 0) {
            answer(call, states);
          }
        };
    for (int i = 0; i < ids.size(); i++) {
      int index = i;
      coordinator.describe(
          ids.get(i),
          state -> {
            states.set(index, state);
            done.run();
          });
    }
    done.run();
  }

  private static void answer(Call call, AtomicReferenceArray<TransactionState> states) {
    List<TransactionState> all = new ArrayList<>(states.length());
    for (int i = 0; i < states.length(); i++) {
      all.add(states.get(i));
    }
    call.answer(DescribeTransactionsResponse.builder().transactionStates(all).build());
  }
}
