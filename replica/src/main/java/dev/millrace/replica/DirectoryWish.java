package dev.millrace.replica;

/**
 * Where an operator wants a copy of this node to lie (KIP-113).
 *
 * @param directory absolute path of one of the node's log directories
 */
public record DirectoryWish(String topic, int index, String directory) {}
