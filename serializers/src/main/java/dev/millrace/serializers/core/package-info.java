/**
 * What the serializers share, without any class of Kafka: settings, names of subjects, the bytes around a payload, and the way from a value to bytes and back for each format. A {@link dev.millrace.serializers.core.SchemaWriter} fits Millrace's own client as {@code writer::write}, a {@link dev.millrace.serializers.core.SchemaReader} as {@code reader::read}. Start reading at SchemaWriter.
 */
@NullMarked
package dev.millrace.serializers.core;

import org.jspecify.annotations.NullMarked;
