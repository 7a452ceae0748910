package dev.millrace.broker.security;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.AlterClientQuotas;
import dev.millrace.quorum.control.AlterClientQuotas.Change;
import dev.millrace.quorum.control.AlterClientQuotas.EntityChange;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.record.ClientQuotaRecord;
import dev.millrace.wire.message.AlterClientQuotasRequest;
import dev.millrace.wire.message.AlterClientQuotasResponse;
import dev.millrace.wire.message.AlterClientQuotasResponse.EntityData;
import dev.millrace.wire.message.AlterClientQuotasResponse.EntryData;
import dev.millrace.wire.message.ApiKey;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * AlterClientQuotas (49), versions 0–1: sets and takes away quotas (KIP-546). They are kept and
 * shown; nothing is throttled by them yet, which the log says.
 */
public final class AlterClientQuotasHandler implements Handler<AlterClientQuotasRequest> {
  private static final Logger LOG = System.getLogger("dev.millrace.broker");

  private final ActiveController controller;

  public AlterClientQuotasHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ALTER_CLIENT_QUOTAS;
  }

  @Override
  public boolean isForController(AlterClientQuotasRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, AlterClientQuotasRequest request) {
    LOG.log(Level.WARNING, "client quotas are kept and shown, but clients are not throttled yet");
    call.holdNext();
    controller.submit(
        new AlterClientQuotas(
            request.entries().stream().map(AlterClientQuotasHandler::change).toList(),
            request.validateOnly()),
        outcome -> call.answer(answer(request, outcome)));
  }

  private static EntityChange change(AlterClientQuotasRequest.EntryData entry) {
    return new EntityChange(
        entry.entity().stream()
            .map(part -> new ClientQuotaRecord.EntityData(part.entityType(), part.entityName()))
            .toList(),
        entry.ops().stream().map(op -> new Change(op.key(), op.value(), op.remove())).toList());
  }

  private static AlterClientQuotasResponse answer(
      AlterClientQuotasRequest request, Outcome<List<Outcome<Integer>>> outcome) {
    List<EntryData> entries = new ArrayList<>();
    for (int i = 0; i < request.entries().size(); i++) {
      Outcome<?> own =
          outcome instanceof Outcome.Done<List<Outcome<Integer>>> done
              ? done.value().get(i)
              : outcome;
      entries.add(
          EntryData.builder()
              .errorCode(own.error())
              .errorMessage(own instanceof Outcome.Refused<?> refused ? refused.message() : null)
              .entity(
                  request.entries().get(i).entity().stream()
                      .map(part -> new EntityData(part.entityType(), part.entityName()))
                      .toList())
              .build());
    }
    return AlterClientQuotasResponse.builder().entries(entries).build();
  }
}
