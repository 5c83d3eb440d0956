package org.planloop.deploy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.planloop.deploy.report.Build;
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

  /** Version and commit. The commit is asked of git where Planloop runs from a checkout. */
  static Build build() {
    String home = System.getProperty("planloop.home", "");
    return new Build(current(), home.isEmpty() ? Optional.empty() : commit(home));
  }

  private static Optional<String> commit(String home) {
    try {
      Process git =
          new ProcessBuilder("git", "-C", home, "rev-parse", "HEAD")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      git.getOutputStream().close();
      if (!git.waitFor(5, TimeUnit.SECONDS)) {
        git.destroyForcibly();
        return Optional.empty();
      }
      String text = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return git.exitValue() == 0 ? Optional.of(text.strip()) : Optional.empty();
    } catch (IOException e) {
      // No git here: the run then says that it does not know its commit.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {"planloop " + current()};
  }
}
