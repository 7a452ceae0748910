package dev.millrace.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.checkpoint.TopicPartition;

/**
 * Who a log is, and what it has of its directory.
 *
 * @param disk owner of the directory's disk work
 * @param health of the directory, shared by its logs
 * @param sync syncs the directory's logs in groups
 * @param checkpoints what is remembered of each log outside of its own directory
 */
record LogContext(
    TopicPartition partition,
    Uuid topicId,
    Clock clock,
    Turns disk,
    DirectoryHealth health,
    GroupSync sync,
    DirectoryCheckpoints checkpoints) {}
