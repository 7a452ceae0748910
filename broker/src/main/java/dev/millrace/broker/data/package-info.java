/** The data path but Fetch: one handler an API key, and what they wait with. */
@NullMarked
package dev.millrace.broker.data;

import org.jspecify.annotations.NullMarked;
