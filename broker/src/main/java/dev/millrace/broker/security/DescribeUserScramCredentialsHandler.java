package dev.millrace.broker.security;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.record.UserScramCredentialRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeUserScramCredentialsRequest;
import dev.millrace.wire.message.DescribeUserScramCredentialsRequest.UserName;
import dev.millrace.wire.message.DescribeUserScramCredentialsResponse;
import dev.millrace.wire.message.DescribeUserScramCredentialsResponse.CredentialInfo;
import dev.millrace.wire.message.DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * DescribeUserScramCredentials (50), version 0: which credentials users have, never the keys
 * (KIP-554). No names means all users.
 */
public final class DescribeUserScramCredentialsHandler
    implements Handler<DescribeUserScramCredentialsRequest> {
  private final Node node;

  public DescribeUserScramCredentialsHandler(Node node) {
    this.node = node;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_USER_SCRAM_CREDENTIALS;
  }

  @Override
  public void handle(Call call, DescribeUserScramCredentialsRequest request) {
    Map<String, List<CredentialInfo>> known = new TreeMap<>();
    node.image()
        .kept()
        .of(UserScramCredentialRecord.class)
        .forEach(one ->
            known
                .computeIfAbsent(one.name(), _ -> new ArrayList<>())
                .add(new CredentialInfo(one.mechanism(), one.iterations())));
    call.answer(
        DescribeUserScramCredentialsResponse.builder()
            .errorMessage(null)
            .results(results(known, request.users()))
            .build());
  }

  private static List<DescribeUserScramCredentialsResult> results(
      Map<String, List<CredentialInfo>> known, @Nullable List<UserName> asked) {
    Map<String, Integer> times = new LinkedHashMap<>();
    Collection<String> names =
        asked == null || asked.isEmpty()
            ? known.keySet()
            : asked.stream().map(UserName::name).toList();
    names.forEach(name -> times.merge(name, 1, Integer::sum));
    List<DescribeUserScramCredentialsResult> results = new ArrayList<>();
    times.forEach((name, count) -> results.add(result(name, count, known.get(name))));
    return results;
  }

  private static DescribeUserScramCredentialsResult result(
      String user, int times, @Nullable List<CredentialInfo> credentials) {
    DescribeUserScramCredentialsResult.Builder result =
        DescribeUserScramCredentialsResult.builder().user(user).errorMessage(null);
    if (times > 1) {
      return result
          .errorCode(ErrorCode.DUPLICATE_RESOURCE)
          .errorMessage(
              "Cannot describe SCRAM credentials for the same user twice in a single request: "
                  + user)
          .build();
    }
    if (credentials == null) {
      return result
          .errorCode(ErrorCode.RESOURCE_NOT_FOUND)
          .errorMessage("Attempt to describe a user credential that does not exist: " + user)
          .build();
    }
    return result.credentialInfos(credentials).build();
  }
}
