/**
 * Avro for stock clients: classes to be named in key.serializer, value.serializer, key.deserializer, value.deserializer and as serdes of Streams. Their names and settings are those people have in their files already, under this package. Safe for as many threads as the client uses.
 */
@NullMarked
package dev.millrace.serializers;

import org.jspecify.annotations.NullMarked;
