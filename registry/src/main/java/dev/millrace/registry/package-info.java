/**
 * The schema registry inside the node: subjects and their versions, kept in the topic {@code
 * _schemas}, behind the REST interface that existing serializers speak. What a schema is, reads and
 * allows is decided in {@link dev.millrace.registry.schema}.
 */
@NullMarked
package dev.millrace.registry;

import org.jspecify.annotations.NullMarked;
