package dev.millrace.broker.cluster;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.UpdateFeatures;
import dev.millrace.quorum.control.UpdateFeatures.Direction;
import dev.millrace.quorum.control.UpdateFeatures.Update;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.UpdateFeaturesRequest;
import dev.millrace.wire.message.UpdateFeaturesRequest.FeatureUpdateKey;
import dev.millrace.wire.message.UpdateFeaturesResponse;
import dev.millrace.wire.message.UpdateFeaturesResponse.UpdatableFeatureResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UpdateFeatures (57), versions 0–2: finalizes other levels of features, all of them or none
 * (KIP-584, KIP-1022).
 *
 * <ul>
 *   <li>0: a flag allows downgrades
 *   <li>1: the direction is named, validation alone may be asked for
 *   <li>2: one error for the whole answer instead of one a feature
 * </ul>
 */
public final class UpdateFeaturesHandler implements Handler<UpdateFeaturesRequest> {
  private static final short ONE_ERROR_SINCE = 2;

  private final ActiveController controller;

  public UpdateFeaturesHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.UPDATE_FEATURES;
  }

  @Override
  public boolean isForController(UpdateFeaturesRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, UpdateFeaturesRequest request) {
    List<Update> updates = new ArrayList<>();
    for (FeatureUpdateKey update : request.featureUpdates()) {
      Direction direction = direction(call, update);
      if (direction == null) {
        call.answer(
            error(
                ErrorCode.INVALID_REQUEST,
                "upgrade type is not known, type=" + update.upgradeType()));
        return;
      }
      updates.add(new Update(update.feature(), update.maxVersionLevel(), direction));
    }
    call.holdNext();
    controller.submit(
        new UpdateFeatures(updates, request.validateOnly()),
        outcome -> call.answer(answer(call, updates, outcome)));
  }

  private static @Nullable Direction direction(Call call, FeatureUpdateKey update) {
    if (call.version() == 0) {
      return update.allowDowngrade() ? Direction.SAFE_DOWNGRADE : Direction.UPGRADE;
    }
    return Direction.ofNumber(update.upgradeType());
  }

  private static UpdateFeaturesResponse answer(
      Call call, List<Update> updates, Outcome<List<Outcome<String>>> outcome) {
    return switch (outcome) {
      case Outcome.Refused<List<Outcome<String>>> all -> error(all.error(), all.message());
      case Outcome.Done<List<Outcome<String>>> done ->
          call.version() >= ONE_ERROR_SINCE ? first(done.value()) : each(updates, done.value());
    };
  }

  private static UpdateFeaturesResponse first(List<Outcome<String>> outcomes) {
    for (Outcome<String> outcome : outcomes) {
      if (outcome instanceof Outcome.Refused<String> refused) {
        return error(refused.error(), refused.message());
      }
    }
    return UpdateFeaturesResponse.builder().errorMessage(null).build();
  }

  private static UpdateFeaturesResponse each(List<Update> updates, List<Outcome<String>> outcomes) {
    Outcome<String> others =
        first(outcomes).errorCode() == ErrorCode.NONE.code()
            ? Outcome.done("")
            : Outcome.refused(
                ErrorCode.FEATURE_UPDATE_FAILED, "not done, since another update was refused");
    List<UpdatableFeatureResult> results = new ArrayList<>();
    for (int i = 0; i < updates.size(); i++) {
      Outcome<String> own = outcomes.get(i);
      results.add(
          result(updates.get(i).feature(), own instanceof Outcome.Refused<String> ? own : others));
    }
    return UpdateFeaturesResponse.builder().errorMessage(null).results(results).build();
  }

  private static UpdatableFeatureResult result(String feature, Outcome<String> outcome) {
    return UpdatableFeatureResult.builder()
        .feature(feature)
        .errorCode(outcome.error())
        .errorMessage(outcome instanceof Outcome.Refused<String> refused ? refused.message() : null)
        .build();
  }

  private static UpdateFeaturesResponse error(ErrorCode error, String message) {
    return UpdateFeaturesResponse.builder().errorCode(error).errorMessage(message).build();
  }
}
