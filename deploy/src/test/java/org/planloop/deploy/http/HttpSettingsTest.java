package org.planloop.deploy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.InvalidInputException;

class HttpSettingsTest {
  private static final String SECRET = "0123456789abcdef";

  @TempDir Path folder;

  private Path file(String text, String mode) throws IOException {
    Path file = folder.resolve("token");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return file;
  }

  @ParameterizedTest
  @CsvSource({
    "9464, /127.0.0.1:9464",
    "0, /127.0.0.1:0",
    "127.0.0.2:9464, /127.0.0.2:9464",
    "[::1]:9464, /[0:0:0:0:0:0:0:1]:9464"
  })
  void loopbackNeedsNoToken(String text, String address) {
    assertThat(HttpSettings.of(text, Optional.empty()).address()).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", "host:", ":9464", "::1", "1:2:3", "65536", "a b:1", "-1"})
  void otherPlacesAreRefused(String text) {
    assertThatThrownBy(() -> HttpSettings.of(text, Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--http");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0:9464", "[::]:9464", "10.1.2.3:9464"})
  void beyondThisMachineATokenIsNeeded(String text) throws IOException {
    assertThatThrownBy(() -> HttpSettings.of(text, Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--http-token-file")
        .hasMessageContaining("127.0.0.1");
    Token token = Token.read(file(SECRET, "rw-------"));
    assertThat(HttpSettings.of(text, Optional.of(token)).address().getPort()).isEqualTo(9464);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--r-----", "rw-rw----"})
  void aTokenIsALineThatNotEverybodyReads(String mode) throws IOException {
    Token token = Token.read(file(SECRET + "\n", mode));
    assertThat(token.matches(SECRET)).isTrue();
    assertThat(token.matches(SECRET + "0")).isFalse();
    assertThat(token.matches("")).isFalse();
    assertThat(HttpSettings.of("0", Optional.of(token)).toString()).doesNotContain(SECRET);
  }

  @Test
  void aFileThatEverybodyReadsIsRefused() throws IOException {
    Path file = file(SECRET, "rw-r--r--");
    assertThatThrownBy(() -> Token.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--http-token-file " + file)
        .hasMessageContaining("chmod")
        .hasMessageNotContaining(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0123456789abcde", "0123456789 abcdef", "0123456789abcd\u00e9f", "a\nb"})
  void whatIsNoTokenIsRefusedWithoutBeingShown(String text) throws IOException {
    Path file = file(text, "rw-------");
    assertThatThrownBy(() -> Token.read(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("16 to 4096 visible ASCII characters")
        .hasMessageNotContaining("0123456789");
  }

  @Test
  void aLongOrMissingFileIsRefused() throws IOException {
    Path file = file("x".repeat(5000), "rw-------");
    assertThatThrownBy(() -> Token.read(file)).hasMessageContaining("too long: 5000 bytes");
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> Token.read(missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be read")
        .hasMessageContaining("missing");
  }
}
