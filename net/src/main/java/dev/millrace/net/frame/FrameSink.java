package dev.millrace.net.frame;

import java.nio.ByteBuffer;

/** Takes the frames of one socket, in order. */
public interface FrameSink {
  /** Whether another frame may come now. */
  boolean wantsFrame();

  /**
   * One frame.
   *
   * @param frame without its size prefix, from position zero; lent until this call returns
   */
  void frame(ByteBuffer frame);
}
