package dev.millrace.coordinator.transaction;

/** A producer commits or aborts its transaction. */
final class EndTransaction extends Step {
  private final EndRequest request;

  EndTransaction(EndRequest request, Answer answer) {
    super(request.transactionalId(), answer);
    this.request = request;
  }

  @Override
  Verdict judge(TransactionMachine machine, long freshId) {
    Transaction known = machine.find(request.transactionalId());
    long nowMs = machine.clock().wallMs();
    return request.version() >= Transaction.EPOCH_PER_TRANSACTION
        ? TransactionRules.endAndBump(known, request.producer(), request.commit(), freshId, nowMs)
        : TransactionRules.end(known, request.producer(), request.commit(), nowMs);
  }
}
