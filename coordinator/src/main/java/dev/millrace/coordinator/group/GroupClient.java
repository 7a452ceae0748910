package dev.millrace.coordinator.group;

/**
 * Who asks.
 *
 * @param clientId the client's name for itself
 * @param host its address as tools show it: {@code /127.0.0.1}
 */
public record GroupClient(String clientId, String host) {}
