package org.planloop.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void aPrivateFileIsItsOwnersAloneWhateverLayThere() throws IOException {
    Path file = folder.resolve("key");
    Files.writeString(file, "old");
    Files.writeString(folder.resolve(".key.tmp"), "left by a crash, readable by all");

    AtomicFile.writePrivate(file, new byte[] {7});

    assertThat(Files.readAllBytes(file)).containsExactly(7);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
  }
}
