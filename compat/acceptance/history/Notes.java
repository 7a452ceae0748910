import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file in which one life of one client writes down what it does. May be shared by threads. */
final class Notes implements AutoCloseable {
  private final String life;
  private final Path folder;
  private final FileOutputStream file;

  Notes(String name, Path folder) throws IOException {
    this.life = name + "-" + Long.toString(System.currentTimeMillis(), 36);
    this.folder = folder;
    this.file = new FileOutputStream(folder.resolve(life + ".history").toFile(), true);
  }

  /** The client's name and when it began. */
  String life() {
    return life;
  }

  boolean isOver() {
    return Files.exists(folder.resolve("stop"));
  }

  /**
   * One event, an object of JSON; it gets the time in milliseconds. One write to the file, so that a
   * kill leaves whole lines; the last one may be torn.
   */
  synchronized void add(String format, Object... values) {
    String event = String.format(format, values).substring(1);
    String line = "{\"at\":" + System.currentTimeMillis() + "," + event + "\n";
    try {
      file.write(line.getBytes(StandardCharsets.UTF_8));
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
  }

  /** What comes later is not written: callbacks of a client that is given up. */
  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
