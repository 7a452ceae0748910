package dev.millrace.quorum.control;

import dev.millrace.wire.Message;
import java.util.List;

/**
 * What a command comes to.
 *
 * @param records to append, all or none; empty when nothing changes
 * @param reply to give once they are committed
 */
public record Decision<R>(List<Message> records, Outcome<R> reply) {}
