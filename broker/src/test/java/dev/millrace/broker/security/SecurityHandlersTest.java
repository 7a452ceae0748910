package dev.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.TestNode;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.CreateAclsRequest;
import dev.millrace.wire.message.CreateAclsRequest.AclCreation;
import dev.millrace.wire.message.CreateAclsResponse;
import dev.millrace.wire.message.CreateAclsResponse.AclCreationResult;
import dev.millrace.wire.message.CreateDelegationTokenRequest;
import dev.millrace.wire.message.CreateDelegationTokenResponse;
import dev.millrace.wire.message.DeleteAclsRequest;
import dev.millrace.wire.message.DeleteAclsRequest.DeleteAclsFilter;
import dev.millrace.wire.message.DeleteAclsResponse;
import dev.millrace.wire.message.DeleteAclsResponse.DeleteAclsFilterResult;
import dev.millrace.wire.message.DescribeAclsRequest;
import dev.millrace.wire.message.DescribeAclsResponse;
import dev.millrace.wire.message.DescribeDelegationTokenRequest;
import dev.millrace.wire.message.DescribeDelegationTokenResponse;
import dev.millrace.wire.message.ExpireDelegationTokenRequest;
import dev.millrace.wire.message.ExpireDelegationTokenResponse;
import dev.millrace.wire.message.RenewDelegationTokenRequest;
import dev.millrace.wire.message.RenewDelegationTokenResponse;
import dev.millrace.wire.message.SaslAuthenticateRequest;
import dev.millrace.wire.message.SaslAuthenticateResponse;
import dev.millrace.wire.message.SaslHandshakeRequest;
import dev.millrace.wire.message.SaslHandshakeResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecurityHandlersTest {
  private final TestNode node = new TestNode();

  @Test
  void saslIsNotOnThisListenerAndTheConnectionStays() {
    short state = ErrorCode.ILLEGAL_SASL_STATE.code();
    for (int version = 0; version <= 1; version++) {
      SaslHandshakeResponse answer =
          node.call(
              SaslHandshakeResponse.class,
              SaslHandshakeRequest.builder().mechanism("PLAIN").build(),
              version);
      assertThat(answer.errorCode()).isEqualTo(state);
      assertThat(answer.mechanisms()).isEmpty();
    }
    for (int version = 0; version <= 2; version++) {
      assertThat(
              node.call(SaslAuthenticateResponse.class, SaslAuthenticateRequest.DEFAULT, version)
                  .errorCode())
          .isEqualTo(state);
    }
    assertThat(node.client().connection().isOpen()).isTrue();
  }

  @Test
  void thereAreNoAcls() {
    short disabled = ErrorCode.SECURITY_DISABLED.code();
    CreateAclsRequest create =
        new CreateAclsRequest(List.of(AclCreation.DEFAULT, AclCreation.DEFAULT));
    DeleteAclsRequest delete = new DeleteAclsRequest(List.of(DeleteAclsFilter.DEFAULT));
    for (int version = 1; version <= 3; version++) {
      assertThat(
              node.call(DescribeAclsResponse.class, DescribeAclsRequest.DEFAULT, version)
                  .errorCode())
          .isEqualTo(disabled);
      assertThat(node.call(CreateAclsResponse.class, create, version).results())
          .extracting(AclCreationResult::errorCode)
          .containsExactly(disabled, disabled);
      assertThat(node.call(DeleteAclsResponse.class, delete, version).filterResults())
          .extracting(DeleteAclsFilterResult::errorCode)
          .containsExactly(disabled);
    }
  }

  @Test
  void thereAreNoTokensForClientsWithoutAName() {
    short refused = ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.code();
    assertThat(
            node.call(CreateDelegationTokenResponse.class, CreateDelegationTokenRequest.DEFAULT, 1)
                .errorCode())
        .isEqualTo(refused);
    for (int version = 1; version <= 2; version++) {
      assertThat(
              node.call(
                      CreateDelegationTokenResponse.class,
                      CreateDelegationTokenRequest.DEFAULT,
                      version + 1)
                  .errorCode())
          .isEqualTo(refused);
      assertThat(
              node.call(
                      RenewDelegationTokenResponse.class,
                      RenewDelegationTokenRequest.DEFAULT,
                      version)
                  .errorCode())
          .isEqualTo(refused);
      assertThat(
              node.call(
                      ExpireDelegationTokenResponse.class,
                      ExpireDelegationTokenRequest.DEFAULT,
                      version)
                  .errorCode())
          .isEqualTo(refused);
      assertThat(
              node.call(
                      DescribeDelegationTokenResponse.class,
                      DescribeDelegationTokenRequest.DEFAULT,
                      version)
                  .errorCode())
          .isEqualTo(refused);
    }
  }
}
