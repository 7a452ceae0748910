package dev.millrace.coordinator.consumer;

import dev.millrace.wire.ErrorCode;

/** Why a request is not done. */
public record Refusal(ErrorCode error, String message) {}
