package org.planloop.deploy.objectstore;

import static org.planloop.data.InvalidInputException.check;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;
import org.planloop.data.InvalidInputException;

/**
 * Where copies go. Credentials are not among it: they come from the environment or from AWS's
 * shared credentials file.
 *
 * @param endpoint of another service than Amazon's
 * @param keep how many of the newest checkpoints stay, besides the best
 */
public record StoreSettings(
    StoreLocation location, Optional<URI> endpoint, String region, int keep) {
  /** Checkpoints that are kept where nothing is said. */
  public static final int KEEP = 3;

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  public StoreSettings {
    check(
        region.matches("[a-z0-9-]{1,40}"),
        "--object-store-region",
        region,
        "must be of lower-case letters, digits and hyphens");
    check(keep >= 1 && keep <= 1000, "--object-store-keep", keep, "must be from 1 to 1000");
  }

  /**
   * @param endpoint a URL; without TLS only this machine's own, unless {@code plain}
   * @throws InvalidInputException if it cannot be used
   */
  public static Optional<URI> endpoint(Optional<String> endpoint, boolean plain) {
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    String text = endpoint.get();
    String key = "--object-store-endpoint";
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw InvalidInputException.setting(key, text, "must be a URL, https://HOST[:PORT]");
    }
    String host = uri.getHost();
    boolean https = "https".equals(uri.getScheme());
    check(
        host != null
            && (https || "http".equals(uri.getScheme()))
            && uri.getUserInfo() == null
            && uri.getQuery() == null,
        key,
        uri.getUserInfo() == null ? text : "(with a user)",
        "must be a URL, https://HOST[:PORT]; credentials come from the environment");
    check(
        https || plain || LOOPBACK.contains(host),
        key,
        text,
        "everybody on the way could read what is sent: use https, or say --object-store-plain if"
            + " the network is trusted");
    return Optional.of(uri);
  }

  /** The same, for another place. */
  public StoreSettings at(StoreLocation other) {
    return new StoreSettings(other, endpoint, region, keep);
  }
}
