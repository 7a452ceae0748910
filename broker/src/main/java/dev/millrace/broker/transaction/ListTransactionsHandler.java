package dev.millrace.broker.transaction;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.transaction.TransactionCoordinator;
import dev.millrace.coordinator.transaction.TransactionFilter;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ListTransactionsRequest;
import dev.millrace.wire.message.ListTransactionsResponse;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * ListTransactions (66), versions 0–2: the transactions whose coordinator is this node (KIP-664).
 *
 * <ul>
 *   <li>1: only those that are open for longer than a duration (KIP-994)
 *   <li>2: only those whose whole id matches a pattern of RE2 (KIP-1152), which takes linear time
 * </ul>
 */
final class ListTransactionsHandler implements Handler<ListTransactionsRequest> {
  private final TransactionCoordinator coordinator;

  ListTransactionsHandler(TransactionCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.LIST_TRANSACTIONS;
  }

  @Override
  public void handle(Call call, ListTransactionsRequest request) {
    Predicate<String> ids = matching(request.transactionalIdPattern());
    if (ids == null) {
      call.answer(
          ListTransactionsResponse.builder()
              .errorCode(ErrorCode.INVALID_REGULAR_EXPRESSION)
              .build());
      return;
    }
    List<String> unknown =
        request.stateFilters().stream().filter(one -> !TransactionFilter.isState(one)).toList();
    TransactionFilter filter =
        new TransactionFilter(
            Set.copyOf(request.stateFilters()),
            Set.copyOf(request.producerIdFilters()),
            request.durationFilter(),
            ids);
    coordinator.list(
        filter,
        listing ->
            call.answer(
                ListTransactionsResponse.builder()
                    .errorCode(listing.error())
                    .unknownStateFilters(unknown)
                    .transactionStates(listing.found())
                    .build()));
  }

  /** Which ids a pattern takes; null when it is none. */
  private static @Nullable Predicate<String> matching(@Nullable String pattern) {
    if (pattern == null || pattern.isEmpty()) {
      return _ -> true;
    }
    try {
      Pattern compiled = Pattern.compile(pattern);
      return compiled::matches;
    } catch (PatternSyntaxException malformed) {
      return null;
    }
  }
}
