package org.planloop.tls;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.planloop.data.InvalidInputException;

/**
 * Where a node's key and certificates lie: three PEM files.
 *
 * @param key the node's private key, PKCS#8, not encrypted
 * @param certificate the node's certificate, followed by those between it and the authority
 * @param authority the certificates of the authorities that peers must be signed by
 * @param reloadInterval the files are looked at again at most this often, when a connection is made
 */
public record TlsSettings(Path key, Path certificate, Path authority, Duration reloadInterval) {
  /** The files' names in a folder as {@code planloop certs} makes it. */
  public static final String KEY_FILE = "node.key";

  public static final String CERTIFICATE_FILE = "node.pem";
  public static final String AUTHORITY_FILE = "ca.pem";

  private static final String PREFIX = "planloop.tls.";
  private static final String KEY = PREFIX + "key";
  private static final String CERTIFICATE = PREFIX + "certificate";
  private static final String AUTHORITY = PREFIX + "authority";
  private static final String RELOAD_INTERVAL = PREFIX + "reload-interval";
  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);
  private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);

  public TlsSettings {
    InvalidInputException.check(
        !reloadInterval.isNegative() && reloadInterval.compareTo(LONGEST_INTERVAL) <= 0,
        RELOAD_INTERVAL,
        reloadInterval,
        "must be from 0s to 1h");
  }

  /** The three files of a folder: {@code node.key}, {@code node.pem}, {@code ca.pem}. */
  public static TlsSettings ofFolder(Path folder) {
    return new TlsSettings(
        folder.resolve(KEY_FILE),
        folder.resolve(CERTIFICATE_FILE),
        folder.resolve(AUTHORITY_FILE),
        DEFAULT_INTERVAL);
  }

  /**
   * Reads what {@link #toConfig} wrote, or what was written by hand.
   *
   * @throws InvalidInputException naming the key that is missing or wrong
   */
  public static TlsSettings of(Config config) {
    try {
      return new TlsSettings(
          path(config, KEY),
          path(config, CERTIFICATE),
          path(config, AUTHORITY),
          config.hasPath(RELOAD_INTERVAL) ? config.getDuration(RELOAD_INTERVAL) : DEFAULT_INTERVAL);
    } catch (ConfigException e) {
      throw new InvalidInputException(
          PREFIX + "*: " + e.getMessage() + "; must be three paths and a duration such as 5s", e);
    }
  }

  private static Path path(Config config, String key) {
    String value = config.hasPath(key) ? config.getString(key) : "";
    if (value.isBlank()) {
      throw new InvalidInputException(
          key
              + ": names no file; between nodes TLS needs "
              + KEY
              + ", "
              + CERTIFICATE
              + " and "
              + AUTHORITY);
    }
    return Path.of(value);
  }

  /**
   * What switches an actor system's remoting to mutual TLS with these files; wins over the rest of
   * the configuration when that is its fallback.
   */
  public Config toConfig() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("pekko.remote.artery.transport", "tls-tcp");
    values.put("pekko.remote.artery.ssl.ssl-engine-provider", PemEngineProvider.class.getName());
    values.put(KEY, key.toAbsolutePath().toString());
    values.put(CERTIFICATE, certificate.toAbsolutePath().toString());
    values.put(AUTHORITY, authority.toAbsolutePath().toString());
    values.put(RELOAD_INTERVAL, reloadInterval);
    return ConfigFactory.parseMap(values, "TLS settings");
  }
}
