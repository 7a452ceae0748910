package dev.millrace.broker.security;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.AlterScramCredentials;
import dev.millrace.quorum.control.AlterScramCredentials.Removal;
import dev.millrace.quorum.control.AlterScramCredentials.Setting;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.message.AlterUserScramCredentialsRequest;
import dev.millrace.wire.message.AlterUserScramCredentialsResponse;
import dev.millrace.wire.message.AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** AlterUserScramCredentials (51), version 0: sets and takes away credentials (KIP-554). */
public final class AlterUserScramCredentialsHandler
    implements Handler<AlterUserScramCredentialsRequest> {
  private final ActiveController controller;

  public AlterUserScramCredentialsHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ALTER_USER_SCRAM_CREDENTIALS;
  }

  @Override
  public boolean isForController(AlterUserScramCredentialsRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, AlterUserScramCredentialsRequest request) {
    List<Removal> removals =
        request.deletions().stream().map(one -> new Removal(one.name(), one.mechanism())).toList();
    List<Setting> settings =
        request.upsertions().stream()
            .map(one ->
                new Setting(
                    one.name(),
                    one.mechanism(),
                    one.iterations(),
                    one.salt(),
                    one.saltedPassword()))
            .toList();
    Set<String> users = new LinkedHashSet<>();
    removals.forEach(one -> users.add(one.user()));
    settings.forEach(one -> users.add(one.user()));
    call.holdNext();
    controller.submit(
        new AlterScramCredentials(removals, settings),
        outcome -> call.answer(answer(users, outcome)));
  }

  private static AlterUserScramCredentialsResponse answer(
      Set<String> users, Outcome<Map<String, Outcome<Integer>>> outcome) {
    List<AlterUserScramCredentialsResult> results = new ArrayList<>();
    for (String user : users) {
      Outcome<?> own =
          outcome instanceof Outcome.Done<Map<String, Outcome<Integer>>> done
              ? Objects.requireNonNull(done.value().get(user))
              : outcome;
      results.add(
          AlterUserScramCredentialsResult.builder()
              .user(user)
              .errorCode(own.error())
              .errorMessage(own instanceof Outcome.Refused<?> refused ? refused.message() : null)
              .build());
    }
    return AlterUserScramCredentialsResponse.builder().results(results).build();
  }
}
