/**
 * JSON Schema for stock clients.
 */
@NullMarked
package dev.millrace.serializers.json;

import org.jspecify.annotations.NullMarked;
