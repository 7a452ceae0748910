package dev.millrace.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.record.UserScramCredentialRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterUserScramCredentialsRequest;
import dev.millrace.wire.message.AlterUserScramCredentialsRequest.ScramCredentialDeletion;
import dev.millrace.wire.message.AlterUserScramCredentialsRequest.ScramCredentialUpsertion;
import dev.millrace.wire.message.AlterUserScramCredentialsResponse;
import dev.millrace.wire.message.AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult;
import dev.millrace.wire.message.DescribeUserScramCredentialsRequest;
import dev.millrace.wire.message.DescribeUserScramCredentialsRequest.UserName;
import dev.millrace.wire.message.DescribeUserScramCredentialsResponse;
import dev.millrace.wire.message.DescribeUserScramCredentialsResponse.CredentialInfo;
import dev.millrace.wire.message.DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** AlterUserScramCredentials, DescribeUserScramCredentials. */
class ScramCredentialsTest {
  private static final byte SHA_256 = 1;
  private static final byte SHA_512 = 2;

  private final TestNode node = new TestNode();

  private static ScramCredentialUpsertion set(String user, byte mechanism, int iterations) {
    return new ScramCredentialUpsertion(
        user, mechanism, iterations, Bytes.utf8("salt"), Bytes.utf8("salted"));
  }

  private List<AlterUserScramCredentialsResult> alter(
      List<ScramCredentialDeletion> deletions, ScramCredentialUpsertion... settings) {
    return node.call(
            AlterUserScramCredentialsResponse.class,
            new AlterUserScramCredentialsRequest(deletions, List.of(settings)),
            0)
        .results();
  }

  private List<DescribeUserScramCredentialsResult> describe(String... users) {
    List<UserName> names = Arrays.stream(users).map(UserName::new).toList();
    return node.call(
            DescribeUserScramCredentialsResponse.class,
            new DescribeUserScramCredentialsRequest(names),
            0)
        .results();
  }

  private static void assertRefused(
      AlterUserScramCredentialsResult result, ErrorCode error, String message) {
    assertThat(ErrorCode.of(result.errorCode())).isEqualTo(error);
    assertThat(result.errorMessage()).isEqualTo(message);
  }

  @Test
  void credentialsAreSetShownAndTakenAway() {
    assertThat(describe()).isEmpty();
    assertThat(alter(List.of(), set("ann", SHA_256, 4096), set("ann", SHA_512, 16384)))
        .extracting(AlterUserScramCredentialsResult::errorCode)
        .containsExactly((short) 0);
    assertThat(describe("ann").getFirst().credentialInfos())
        .containsExactlyInAnyOrder(
            new CredentialInfo(SHA_256, 4096), new CredentialInfo(SHA_512, 16384));
    alter(List.of(new ScramCredentialDeletion("ann", SHA_256)), set("bob", SHA_256, 5000));
    assertThat(describe())
        .extracting(DescribeUserScramCredentialsResult::user)
        .containsExactly("ann", "bob");
    assertThat(describe("ann").getFirst().credentialInfos())
        .containsExactly(new CredentialInfo(SHA_512, 16384));
  }

  @Test
  void keysAreThoseOfTheStandard() {
    // the example of RFC 7677: password "pencil", 4096 rounds
    byte[] salted =
        HexFormat.of().parseHex("c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d");
    alter(
        List.of(),
        new ScramCredentialUpsertion(
            "user", SHA_256, 4096, Bytes.utf8("salt"), Bytes.copyOf(salted)));
    UserScramCredentialRecord kept =
        node.image().kept().of(UserScramCredentialRecord.class).findFirst().orElseThrow();
    assertThat(HexFormat.of().formatHex(kept.storedKey().toArray()))
        .isEqualTo("586e5df283e6dceb5c3e791d8b8528ec191e664045ce971792e2e6b5bb13e2a6");
    assertThat(HexFormat.of().formatHex(kept.serverKey().toArray()))
        .isEqualTo("c1f3cbc1c13a9d35a14c0990eed97629ea225863e566a4314ab99f3f00e5d9d5");
  }

  @Test
  void wrongCredentialsAreRefusedAndTheUserStaysAsItWas() {
    ErrorCode unacceptable = ErrorCode.UNACCEPTABLE_CREDENTIAL;
    List<AlterUserScramCredentialsResult> results =
        alter(
            List.of(new ScramCredentialDeletion("none", SHA_256)),
            set("few", SHA_256, 4095),
            set("many", SHA_256, 16385),
            set("odd", (byte) 3, 4096),
            set("", SHA_256, 4096),
            set("twice", SHA_256, 4096),
            set("twice", SHA_256, 4096));
    assertRefused(
        results.get(0),
        ErrorCode.RESOURCE_NOT_FOUND,
        "Attempt to delete a user credential that does not exist");
    assertRefused(results.get(1), unacceptable, "Too few iterations");
    assertRefused(results.get(2), unacceptable, "Too many iterations");
    assertRefused(results.get(3), ErrorCode.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
    assertRefused(results.get(4), unacceptable, "Username must not be empty");
    assertRefused(
        results.get(5),
        ErrorCode.DUPLICATE_RESOURCE,
        "A user credential cannot be altered twice in the same request");
    assertThat(describe()).isEmpty();
  }

  @Test
  void usersThatAreNotThereOrNamedTwiceHaveErrors() {
    alter(List.of(), set("ann", SHA_256, 4096));
    assertThat(describe("ann", "bob", "bob"))
        .extracting(DescribeUserScramCredentialsResult::errorCode)
        .containsExactly((short) 0, ErrorCode.DUPLICATE_RESOURCE.code());
    assertThat(describe("bob").getFirst().errorCode())
        .isEqualTo(ErrorCode.RESOURCE_NOT_FOUND.code());
  }
}
