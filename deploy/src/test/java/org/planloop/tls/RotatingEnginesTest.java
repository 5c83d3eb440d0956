package org.planloop.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.certs.LogLines;
import org.planloop.deploy.certs.Pki;
import org.planloop.storage.AtomicFile;
import org.slf4j.LoggerFactory;

/** What a running node does when its files change. It stands here for the certificates' sake. */
class RotatingEnginesTest {
  @TempDir Path folder;

  private final Pki pki = Pki.create();
  private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 7);
  private final LogLines log = new LogLines();
  private TlsSettings files = TlsSettings.ofFolder(Path.of(""));
  private RotatingEngines engines;

  @BeforeEach
  void start() {
    pki.node(folder);
    files = TlsSettings.ofFolder(folder); // looked at every 5 s
    engines =
        new RotatingEngines(
            files, clock::get, nanos::get, LoggerFactory.getLogger("org.planloop.tls.test"));
  }

  @AfterEach
  void stop() {
    log.close();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    clock.updateAndGet(now -> now.plus(time));
  }

  @Test
  void theFilesAreNotLookedAtForEveryConnection() {
    TlsEngines before = engines.current();
    pki.node(folder);

    assertThat(engines.current()).isSameAs(before);
    pass(Duration.ofMillis(4999));
    assertThat(engines.current()).isSameAs(before);
    pass(Duration.ofMillis(1));
    assertThat(engines.current()).isNotSameAs(before);
    assertThat(log.all()).singleElement().asString().startsWith("INFO ");
  }

  @Test
  void theSameContentIsNoChange() throws IOException {
    TlsEngines before = engines.current();
    for (Path file : List.of(files.key(), files.certificate(), files.authority())) {
      AtomicFile.writePrivate(file, Files.readAllBytes(file));
    }

    pass(Duration.ofSeconds(5));

    assertThat(engines.current()).isSameAs(before);
    assertThat(log.all()).isEmpty();
  }

  @Test
  void aMissingFileIsReportedOnceAndMayComeBack() throws IOException {
    TlsEngines before = engines.current();
    Files.delete(files.key());
    for (int i = 0; i < 3; i++) {
      pass(Duration.ofSeconds(5));
      assertThat(engines.current()).isSameAs(before);
    }
    assertThat(log.all())
        .singleElement()
        .asString()
        .startsWith("ERROR " + files.key() + ": there is no such file")
        .contains("stay in use");

    pki.node(folder);
    pass(Duration.ofSeconds(5));

    assertThat(engines.current()).isNotSameAs(before);
    assertThat(log.all()).hasSize(2);
  }

  @Test
  void aKeyOfAnotherPairIsNotTaken() throws IOException {
    TlsEngines before = engines.current();
    Path other = folder.resolve("other");
    Files.write(files.key(), Files.readAllBytes(pki.node(other).key()));

    pass(Duration.ofSeconds(5));

    assertThat(engines.current()).isSameAs(before);
    assertThat(log.all()).singleElement().asString().contains("does not fit the certificate");
  }

  @Test
  void aCertificateThatExpiresInUseIsReportedOnceAMinute() {
    pass(Duration.ofHours(2));
    engines.current();
    engines.current();
    assertThat(log.all())
        .singleElement()
        .asString()
        .startsWith("ERROR " + files.certificate() + ": the certificate expired at ")
        .contains("planloop certs");

    pass(Duration.ofMinutes(1));
    engines.current();
    assertThat(log.all()).hasSize(2);
  }
}
