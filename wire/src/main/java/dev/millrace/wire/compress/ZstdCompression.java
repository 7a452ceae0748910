package dev.millrace.wire.compress;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Zstandard by zstd-jni; several frames one after another are read as one. */
enum ZstdCompression implements Compression {
  INSTANCE;

  /**
   * Largest window that a frame may ask for, as a power of two: 128 MiB is what the highest level
   * asks for. The library takes it outside the heap and touches it as output comes.
   */
  private static final int WINDOW_LOG_MAX = 27;

  @Override
  public InputStream reading(ByteBuffer compressed, long plainBytesMax) throws IOException {
    return new ZstdInputStreamNoFinalizer(new BufferInput(compressed), RecyclingBufferPool.INSTANCE)
        .setLongMax(WINDOW_LOG_MAX);
  }

  @Override
  public OutputStream writing(OutputStream into, int level) throws IOException {
    return new ZstdOutputStreamNoFinalizer(into, RecyclingBufferPool.INSTANCE, level);
  }
}
