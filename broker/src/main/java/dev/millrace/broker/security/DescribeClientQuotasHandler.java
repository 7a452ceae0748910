package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.record.ClientQuotaRecord;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeClientQuotasRequest;
import dev.millrace.wire.message.DescribeClientQuotasResponse;
import dev.millrace.wire.message.DescribeClientQuotasResponse.EntityData;
import dev.millrace.wire.message.DescribeClientQuotasResponse.EntryData;
import dev.millrace.wire.message.DescribeClientQuotasResponse.ValueData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** DescribeClientQuotas (48), versions 0–1: the quotas that match a filter (KIP-546). */
public final class DescribeClientQuotasHandler implements Handler<DescribeClientQuotasRequest> {
  private final Node node;

  public DescribeClientQuotasHandler(Node node) {
    this.node = node;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_CLIENT_QUOTAS;
  }

  @Override
  public void handle(Call call, DescribeClientQuotasRequest request) {
    try {
      call.answer(answer(QuotaFilter.of(request)));
    } catch (QuotaFilter.WrongFilterException e) {
      call.answer(
          DescribeClientQuotasResponse.builder()
              .errorCode(e.error)
              .errorMessage(e.getMessage())
              .entries(null)
              .build());
    }
  }

  private DescribeClientQuotasResponse answer(QuotaFilter filter) {
    Map<List<ClientQuotaRecord.EntityData>, List<ValueData>> values = new LinkedHashMap<>();
    node.image()
        .kept()
        .of(ClientQuotaRecord.class)
        .filter(quota -> filter.matches(quota.entity()))
        .forEach(quota ->
            values
                .computeIfAbsent(quota.entity(), _ -> new ArrayList<>())
                .add(new ValueData(quota.key(), quota.value())));
    List<EntryData> entries = new ArrayList<>();
    values.forEach((entity, own) ->
        entries.add(
            new EntryData(
                entity.stream()
                    .map(part -> new EntityData(part.entityType(), part.entityName()))
                    .toList(),
                own)));
    return DescribeClientQuotasResponse.builder().errorMessage(null).entries(entries).build();
  }
}
