package dev.millrace.coordinator.group;

import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.sharegroup.ShareGroupSettings;
import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;

/** What share groups have to know of the cluster. Safe for any thread. */
public interface ShareGroupRules {
  /** The settings of a group as they are now. */
  ShareGroupSettings settings(String groupId);

  /** The cluster's topics as they are now. */
  TopicCatalog topics();

  /** The states of groups at the share coordinator. */
  States states();

  /** The way to the share coordinator. Answers come once, on any thread. */
  interface States {
    /**
     * Sets a state anew.
     *
     * @param startOffset or -1 for where the group's settings say
     */
    void initialize(ShareKey key, int stateEpoch, long startOffset, Consumer<ErrorCode> answer);

    /** Forgets a state; that there is none is no error. */
    void delete(ShareKey key, Consumer<ErrorCode> answer);
  }

  /** Kafka's settings, no topics, and a share coordinator that is never there. */
  ShareGroupRules NONE =
      new ShareGroupRules() {
        @Override
        public ShareGroupSettings settings(String groupId) {
          return ShareGroupSettings.DEFAULTS;
        }

        @Override
        public TopicCatalog topics() {
          return ConsumerRules.NO_TOPICS;
        }

        @Override
        public States states() {
          return new States() {
            @Override
            public void initialize(
                ShareKey key, int stateEpoch, long startOffset, Consumer<ErrorCode> answer) {
              answer.accept(ErrorCode.COORDINATOR_NOT_AVAILABLE);
            }

            @Override
            public void delete(ShareKey key, Consumer<ErrorCode> answer) {
              answer.accept(ErrorCode.COORDINATOR_NOT_AVAILABLE);
            }
          };
        }
      };
}
