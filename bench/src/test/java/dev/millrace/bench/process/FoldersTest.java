package dev.millrace.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {

  @TempDir Path parent;

  @Test
  void aFolderGoesWithAllThatIsInIt() throws IOException {
    Path folder = parent.resolve("a");
    Files.createDirectories(folder.resolve("b/c"));
    Files.writeString(folder.resolve("b/file"), "text");
    Folders.delete(folder);
    assertThat(folder).doesNotExist();
    Folders.delete(folder);
  }

  @Test
  void onlyFoldersOfProcessesThatAreGoneAreAbandoned() throws IOException {
    Path own = Files.createDirectories(parent.resolve(Folders.ofThisProcess("nodes")));
    Path gone = Files.createDirectories(parent.resolve("nodes-999999999/data"));
    Path other = Files.createDirectories(parent.resolve("classes"));
    Folders.deleteAbandoned(parent, "nodes");
    assertThat(own).exists();
    assertThat(other).exists();
    assertThat(gone.getParent()).doesNotExist();
  }
}
