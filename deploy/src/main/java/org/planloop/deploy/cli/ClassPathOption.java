package org.planloop.deploy.cli;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Parts;
import picocli.CommandLine.Option;

/** The user's own environments, objectives and experts. */
final class ClassPathOption {
  @Option(
      names = "--classpath",
      paramLabel = "JARS",
      description =
          "Jars (separated by the platform's path separator) with environments and experts of"
              + " your own.")
  private @Nullable String jars;

  /** The option as it was given; empty if it was not. */
  List<String> arguments() {
    return jars == null ? List.of() : List.of("--classpath", jars);
  }

  /**
   * The parts on Planloop's class path and the user's.
   *
   * @throws InvalidInputException if a jar is not there or cannot be loaded
   */
  Parts parts() {
    ClassLoader own = ClassPathOption.class.getClassLoader();
    ClassLoader loader = jars == null ? own : new URLClassLoader(urls(jars), own);
    Thread.currentThread().setContextClassLoader(loader);
    try {
      return Parts.on(loader);
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new InvalidInputException(
          "--classpath " + jars + ": " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "), e);
    }
  }

  private static URL[] urls(String jars) {
    List<URL> urls = new ArrayList<>();
    for (String entry : jars.split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (!Files.isReadable(path)) {
        throw new InvalidInputException(
            "--classpath " + entry + ": there is no such readable jar or folder");
      }
      try {
        urls.add(path.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new InvalidInputException("--classpath " + entry + ": is not a path", e);
      }
    }
    return urls.toArray(URL[]::new);
  }
}
