package dev.millrace.coordinator.streams;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one heartbeat, before it has what only the committed group knows.
 *
 * @param beat whose member's session starts anew
 */
public record StreamsReply(StreamsBeat beat, StreamsGroupHeartbeatResponse response) {
  public String memberId() {
    return beat.memberId();
  }

  public boolean isWell() {
    return response.errorCode() == ErrorCode.NONE.code();
  }

  /**
   * The answer as it leaves.
   *
   * @param endpointEpoch of what is known of the members' addresses; who has an older one is told
   *     all of it
   * @param shutdownBy who has asked the application to end, or null
   * @param creationFault why internal topics could not be created, or null
   */
  public StreamsGroupHeartbeatResponse with(
      StreamsGroup group,
      @Nullable Layout layout,
      int endpointEpoch,
      @Nullable String shutdownBy,
      @Nullable String creationFault) {
    if (!isWell() || beat.leaves()) {
      return response;
    }
    List<Status> statuses = new ArrayList<>();
    for (Status status : Objects.requireNonNullElse(response.status(), List.<Status>of())) {
      boolean failed =
          creationFault != null
              && status.statusCode() == GroupStatus.MISSING_INTERNAL_TOPICS.code();
      statuses.add(
          failed
              ? GroupStatus.MISSING_INTERNAL_TOPICS.saying(
                  status.statusDetail() + "; Creation failed: " + creationFault)
              : status);
    }
    if (shutdownBy != null) {
      statuses.add(
          GroupStatus.SHUTDOWN_APPLICATION.saying(
              "Streams group member "
                  + shutdownBy
                  + " encountered a fatal error and requested a shutdown for the entire"
                  + " application."));
    }
    boolean isBehind = beat.request().endpointInformationEpoch() != endpointEpoch;
    return response.toBuilder()
        .status(statuses)
        .endpointInformationEpoch(endpointEpoch)
        .partitionsByUserEndpoint(isBehind ? Endpoints.of(group, layout) : null)
        .build();
  }
}
