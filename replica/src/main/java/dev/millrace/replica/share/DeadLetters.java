package dev.millrace.replica.share;

/**
 * A run of records that go to the dead-letter queue.
 *
 * @param last inclusive
 * @param deliveryCount how often each was delivered
 * @param rejected whether a member gave them up; else they were delivered too often
 */
public record DeadLetters(long first, long last, int deliveryCount, boolean rejected) {}
