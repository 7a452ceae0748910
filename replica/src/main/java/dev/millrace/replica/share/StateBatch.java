package dev.millrace.replica.share;

/**
 * A run of offsets as it is saved.
 *
 * @param last inclusive
 * @param state never {@link RecordState#ACQUIRED}
 */
public record StateBatch(long first, long last, RecordState state, int deliveryCount) {}
