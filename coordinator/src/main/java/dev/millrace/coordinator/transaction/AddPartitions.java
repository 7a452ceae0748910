package dev.millrace.coordinator.transaction;

/** Partitions become part of a transaction. */
final class AddPartitions extends Step {
  private final Participation request;

  AddPartitions(Participation request, Answer answer) {
    super(request.transactionalId(), answer);
    this.request = request;
  }

  @Override
  Verdict judge(TransactionMachine machine, long freshId) {
    return TransactionRules.add(
        machine.find(request.transactionalId()),
        request.producer(),
        request.partitions(),
        request.version(),
        machine.clock().wallMs());
  }
}
