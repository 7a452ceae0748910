package dev.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.TestNode;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterClientQuotasRequest;
import dev.millrace.wire.message.AlterClientQuotasRequest.EntityData;
import dev.millrace.wire.message.AlterClientQuotasRequest.EntryData;
import dev.millrace.wire.message.AlterClientQuotasRequest.OpData;
import dev.millrace.wire.message.AlterClientQuotasResponse;
import dev.millrace.wire.message.DescribeClientQuotasRequest;
import dev.millrace.wire.message.DescribeClientQuotasRequest.ComponentData;
import dev.millrace.wire.message.DescribeClientQuotasResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** AlterClientQuotas, DescribeClientQuotas. */
class ClientQuotasTest {
  private static final byte EXACT = 0;
  private static final byte DEFAULT = 1;
  private static final byte ANY = 2;
  private static final String RATE = "producer_byte_rate";

  private final TestNode node = new TestNode();

  private static EntityData user(@Nullable String name) {
    return new EntityData("user", name);
  }

  private static EntityData client(@Nullable String name) {
    return new EntityData("client-id", name);
  }

  private AlterClientQuotasResponse.EntryData alter(List<EntityData> entity, OpData... changes) {
    AlterClientQuotasRequest request =
        new AlterClientQuotasRequest(List.of(new EntryData(entity, List.of(changes))), false);
    return node.call(AlterClientQuotasResponse.class, request, 1).entries().getFirst();
  }

  private static OpData set(String key, double value) {
    return new OpData(key, value, false);
  }

  private void assertRefused(List<EntityData> entity, OpData change) {
    assertThat(alter(entity, change).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
  }

  private DescribeClientQuotasResponse describe(boolean strict, ComponentData... filter) {
    return node.call(
        DescribeClientQuotasResponse.class,
        new DescribeClientQuotasRequest(List.of(filter), strict),
        1);
  }

  private int found(boolean strict, ComponentData... filter) {
    List<?> entries = describe(strict, filter).entries();
    assertThat(entries).isNotNull();
    return entries.size();
  }

  @Test
  void quotasAreSetFoundAndTakenAway() {
    assertThat(alter(List.of(user("ann")), set(RATE, 100), set("request_percentage", 1.5)))
        .satisfies(entry -> assertThat(entry.errorCode()).isZero());
    alter(List.of(user("ann"), client("app")), set(RATE, 50));
    alter(List.of(user(null)), set(RATE, 10));
    assertThat(found(false)).isEqualTo(3);
    assertThat(found(false, new ComponentData("user", EXACT, "ann"))).isEqualTo(2);
    assertThat(found(true, new ComponentData("user", EXACT, "ann"))).isEqualTo(1);
    assertThat(found(true, new ComponentData("user", DEFAULT, null))).isEqualTo(1);
    assertThat(found(true, new ComponentData("user", ANY, null))).isEqualTo(2);
    assertThat(found(true)).isZero();
    alter(List.of(user("ann")), new OpData(RATE, 0, true));
    assertThat(
            describe(true, new ComponentData("user", EXACT, "ann")).entries().getFirst().values())
        .containsExactly(new DescribeClientQuotasResponse.ValueData("request_percentage", 1.5));
  }

  @Test
  void validationChangesNothing() {
    AlterClientQuotasRequest request =
        new AlterClientQuotasRequest(
            List.of(new EntryData(List.of(user("ann")), List.of(set(RATE, 1)))), true);
    node.call(AlterClientQuotasResponse.class, request, 1);
    assertThat(found(false)).isZero();
  }

  @Test
  void wrongQuotasAreRefused() {
    assertRefused(List.of(), set(RATE, 1));
    assertRefused(List.of(user("")), set(RATE, 1));
    assertRefused(List.of(user("a"), user("b")), set(RATE, 1));
    assertRefused(List.of(new EntityData("dog", "rex")), set(RATE, 1));
    assertRefused(List.of(user("a")), set("bad", 1));
    assertRefused(List.of(user("a")), set(RATE, 1.5));
    assertRefused(List.of(user("a")), set(RATE, 0));
    assertRefused(List.of(user("a")), set(RATE, -1));
    assertRefused(List.of(user("a"), new EntityData("ip", "1.2.3.4")), set(RATE, 1));
    assertRefused(
        List.of(new EntityData("ip", "no such host")), set("connection_creation_rate", 1));
    assertRefused(List.of(new EntityData("ip", "1.2.3.4")), set(RATE, 1));
    assertThat(
            alter(List.of(new EntityData("ip", "1.2.3.4")), set("connection_creation_rate", 1))
                .errorCode())
        .isZero();
  }

  @Test
  void wrongFiltersAreRefused() {
    ComponentData user = new ComponentData("user", ANY, null);
    ComponentData ip = new ComponentData("ip", ANY, null);
    short invalid = ErrorCode.INVALID_REQUEST.code();
    assertThat(describe(false, user, user).errorCode()).isEqualTo(invalid);
    assertThat(describe(false, user, ip).errorCode()).isEqualTo(invalid);
    assertThat(describe(false, new ComponentData("user", EXACT, null)).errorCode())
        .isEqualTo(invalid);
    assertThat(describe(false, new ComponentData("user", DEFAULT, "x")).errorCode())
        .isEqualTo(invalid);
    assertThat(describe(false, new ComponentData("user", (byte) 7, null)).errorCode())
        .isEqualTo(invalid);
    assertThat(describe(false, new ComponentData("", ANY, null)).errorCode()).isEqualTo(invalid);
    assertThat(describe(false, new ComponentData("dog", ANY, null)).errorCode())
        .isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    assertThat(describe(false, ip).errorCode()).isZero();
  }
}
