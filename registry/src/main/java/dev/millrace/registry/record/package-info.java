/**
 * The records of {@code _schemas}: what each of them says ({@link
 * dev.millrace.registry.record.SchemaRecord}) and how it is spelled in JSON ({@link
 * dev.millrace.registry.record.RecordFormat}), so that a topic written by Confluent's registry can
 * be read and what is written here can be read by it ({@code docs/formats/schemas-topic.md}).
 *
 * <p>Pure functions over bytes; believes nothing that it reads.
 */
@NullMarked
package dev.millrace.registry.record;

import org.jspecify.annotations.NullMarked;
