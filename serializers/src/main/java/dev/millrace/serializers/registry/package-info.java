/**
 * A client of the registry's REST interface over the JDK's HttpClient, with caches. Knows ids, subjects and texts, nothing of formats.
 */
@NullMarked
package dev.millrace.serializers.registry;

import org.jspecify.annotations.NullMarked;
