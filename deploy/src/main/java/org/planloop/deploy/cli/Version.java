package org.planloop.deploy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version this program was built as, read from a resource that the build fills in. */
public final class Version implements IVersionProvider {
  private static final String RESOURCE = "version.properties";

  /** The project's version, for example {@code 0.1.0-SNAPSHOT}. */
  public static String current() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      properties.load(Objects.requireNonNull(in, RESOURCE));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + RESOURCE, e);
    }
    return Objects.requireNonNull(properties.getProperty("version"), "version");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"planloop " + current()};
  }
}
