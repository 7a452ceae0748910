package dev.millrace.registry.change;

import dev.millrace.registry.record.SchemaRecord;
import java.util.List;

/**
 * What is to be done.
 *
 * @param records to be written in this order, all or none; empty when everything is as it should be
 * @param reply to be told when they are in the log
 */
public record Decision<R>(List<SchemaRecord> records, R reply) {
  static <R> Decision<R> nothing(R reply) {
    return new Decision<>(List.of(), reply);
  }
}
