/**
 * What may be done to the registry: each change looks at an image and decides, without doing
 * anything, which records are to be written and what its asker is told.
 *
 * <p>{@code decide(image) -> (records, reply)}; a change that is not allowed throws a {@link
 * dev.millrace.registry.change.Refusal} with the published code. Decisions are pure and may be made
 * again on a newer image until their records are in the log. Any thread. Start reading at {@link
 * dev.millrace.registry.change.Change} and {@link dev.millrace.registry.change.Registration}.
 */
@NullMarked
package dev.millrace.registry.change;

import org.jspecify.annotations.NullMarked;
