package dev.millrace.registry.change;

import dev.millrace.registry.image.Image;

/** Something that somebody wants to be different. */
public interface Change<R> {
  /**
   * Decides on an image; the decision holds only if nothing is written after that image.
   *
   * @param nowMs wall clock, milliseconds
   * @throws Refusal when it is not allowed
   */
  Decision<R> decide(Image image, long nowMs);
}
