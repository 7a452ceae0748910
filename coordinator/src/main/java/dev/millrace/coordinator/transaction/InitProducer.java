package dev.millrace.coordinator.transaction;

/** InitProducerId: who a producer is from now on. */
final class InitProducer extends Step {
  private final InitRequest request;

  InitProducer(InitRequest request, Answer answer) {
    super(request.transactionalId(), answer);
    this.request = request;
  }

  @Override
  Verdict judge(TransactionMachine machine, long freshId) {
    String id = request.transactionalId();
    return TransactionRules.init(
        machine.find(id), request, machine.lastEpoch(id), freshId, machine.clock().wallMs());
  }
}
