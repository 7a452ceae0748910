/**
 * What stock Kafka clients need around a format: one serializer, one deserializer and one serde,
 * which the classes that settings name only configure.
 */
@NullMarked
package dev.millrace.serializers.kafka;

import org.jspecify.annotations.NullMarked;
