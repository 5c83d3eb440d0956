package org.planloop.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.slf4j.Logger;

/**
 * Engines for the newest usable content of a node's files. When a connection is made and the last
 * look lies long enough back, the files are looked at; changed ones are read. What cannot be used
 * is reported once and the identity before it stays: a half-written file must not stop a node.
 * Connections that stand keep what they began with. Safe for use by several threads.
 */
final class RotatingEngines {
  /** How a file is known to have changed; a missing one too has a stamp. */
  private record Stamp(@Nullable Object file, long size, long modified) {
    static Stamp of(Path path) {
      try {
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        return new Stamp(found.fileKey(), found.size(), found.lastModifiedTime().toMillis());
      } catch (IOException e) {
        return new Stamp(null, -1, -1);
      }
    }
  }

  private final TlsSettings settings;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Logger log;
  private final RepeatedLines expired;

  private List<Stamp> stamps;
  private NodeIdentity identity;
  private TlsEngines engines;
  private long lookedAt;

  /**
   * Reads the files.
   *
   * @param nanoTime nanoseconds from an arbitrary origin, never backwards
   * @throws InvalidInputException if they cannot be used
   */
  RotatingEngines(TlsSettings settings, InstantSource clock, LongSupplier nanoTime, Logger log) {
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.log = log;
    this.expired = new RepeatedLines(nanoTime);
    this.lookedAt = nanoTime.getAsLong();
    this.stamps = stamps(settings);
    this.identity = NodeIdentity.read(settings, clock.instant());
    this.engines = new TlsEngines(identity, settings.authority());
    identity.warnings().forEach(log::warn);
  }

  private static List<Stamp> stamps(TlsSettings settings) {
    return List.of(
        Stamp.of(settings.key()), Stamp.of(settings.certificate()), Stamp.of(settings.authority()));
  }

  synchronized TlsEngines current() {
    long now = nanoTime.getAsLong();
    if (now - lookedAt >= settings.reloadInterval().toNanos()) {
      lookedAt = now;
      look();
    }
    Instant end = identity.certificate().getNotAfter().toInstant();
    if (clock.instant().isAfter(end)) {
      Optional<String> line =
          expired.admit(
              settings.certificate()
                  + ": the certificate expired at "
                  + end
                  + " and peers refuse"
                  + " it; renew it, for example with 'planloop certs'");
      line.ifPresent(log::error);
    }
    return engines;
  }

  private void look() {
    // Taken before reading: a file that changes meanwhile is read again at the next look.
    List<Stamp> found = stamps(settings);
    if (found.equals(stamps)) {
      return;
    }
    stamps = found;
    try {
      NodeIdentity read = NodeIdentity.read(settings, clock.instant());
      if (isSame(read, identity)) {
        return;
      }
      engines = new TlsEngines(read, settings.authority());
      identity = read;
      read.warnings().forEach(log::warn);
      log.info(
          "{}: new TLS files are in use; the certificate {} is valid until {}",
          settings.certificate(),
          read.certificate().getSerialNumber().toString(16),
          read.certificate().getNotAfter().toInstant());
    } catch (InvalidInputException e) {
      log.error("{} (the TLS files read before stay in use)", e.getMessage());
    }
  }

  private static boolean isSame(NodeIdentity one, NodeIdentity other) {
    return Objects.equals(one.chain(), other.chain())
        && Objects.equals(one.authorities(), other.authorities());
  }
}
