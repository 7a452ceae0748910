package dev.millrace.registry.rest;

import dev.millrace.registry.change.Change;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Image;

/** What stands behind the interface. Calls block and throw {@link Refusal}; any thread. */
public interface Registry {
  /** What is known here, perhaps not the newest. */
  Image image();

  /** What is known with everything that was written before this call. */
  Image fresh();

  /** Makes a change, and returns when everybody who reads from now on sees it. */
  <R> R change(Change<R> change);
}
