/**
 * Protobuf for stock clients.
 */
@NullMarked
package dev.millrace.serializers.protobuf;

import org.jspecify.annotations.NullMarked;
