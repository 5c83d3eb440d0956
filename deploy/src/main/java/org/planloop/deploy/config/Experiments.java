package org.planloop.deploy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.planloop.data.InvalidInputException;

/** Where experiments come from: bundled ones by name, others by file. */
public final class Experiments {
  private static final List<String> BUNDLED =
      List.of(
          "cartpole-swingup",
          "cartpole-balance",
          "pendulum",
          "mountain-car",
          "helicopter-hover",
          "helicopter-funnel",
          "helicopter-hover-competition",
          "counterexample",
          "gridworld-shortcut",
          "gridworld-one-dollar");

  private Experiments() {}

  /** Names of the bundled experiments, the best one to begin with first. */
  public static List<String> bundled() {
    return BUNDLED;
  }

  /** What a bundled experiment is about, in one line: the comment that its file begins with. */
  public static String summary(String name) {
    Config parsed = parseBundled(name);
    List<String> comments =
        Section.find(parsed, "strategy").origin().comments().stream().map(String::strip).toList();
    return comments.isEmpty() ? "" : String.join(" ", comments);
  }

  static String resource(String name) {
    return "experiments/" + name + ".conf";
  }

  /**
   * An experiment as it is written, before defaults.
   *
   * @param nameOrFile a bundled name, or the path of a HOCON file
   * @throws InvalidInputException if there is no such experiment, or the file cannot be read or
   *     parsed
   */
  static Config parse(String nameOrFile) {
    if (BUNDLED.contains(nameOrFile)) {
      return parseBundled(nameOrFile);
    }
    Path file = path(nameOrFile);
    if (!Files.exists(file)) {
      throw new InvalidInputException(
          nameOrFile
              + ": is neither a bundled experiment nor a file"
              + Nearest.hint(nameOrFile, BUNDLED)
              + " ('planloop list' shows all)");
    }
    if (Files.isDirectory(file)) {
      throw new InvalidInputException(
          nameOrFile
              + ": is a folder; give an experiment file, or continue a run with 'planloop train"
              + " --resume "
              + nameOrFile
              + "'");
    }
    if (!Files.isReadable(file)) {
      throw new InvalidInputException(nameOrFile + ": cannot be read; check its permissions");
    }
    return parsing(nameOrFile, () -> ConfigFactory.parseFile(file.toFile(), options()));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (java.nio.file.InvalidPathException e) {
      throw new InvalidInputException(text + ": is not a file name: " + e.getReason(), e);
    }
  }

  /** The default name of an experiment in a file. */
  static String nameOf(String nameOrFile) {
    Path last = path(nameOrFile).getFileName();
    String base = String.valueOf(last).replaceFirst("\\.(conf|hocon|json)$", "");
    return base.replaceAll("[^A-Za-z0-9._-]", "-");
  }

  private static Config parseBundled(String name) {
    return ConfigFactory.parseResources(
        Experiments.class.getClassLoader(), resource(name), options());
  }

  private static ConfigParseOptions options() {
    return ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new Includes());
  }

  interface Parse {
    Config run();
  }

  /** Runs a parser and turns its errors into one line that begins with file and line. */
  static Config parsing(String what, Parse parse) {
    try {
      return parse.run();
    } catch (ConfigException e) {
      String place = e.origin() == null ? what + ": " : Values.where(e.origin());
      String reason = String.valueOf(e.getMessage());
      if (e.origin() != null) {
        String prefix = e.origin().description() + ": ";
        reason = reason.startsWith(prefix) ? reason.substring(prefix.length()) : reason;
      }
      throw new InvalidInputException(
          (place.isEmpty() ? what + ": " : place)
              + (e instanceof ConfigException.Parse ? "HOCON syntax: " : "")
              + reason.replaceAll("\\s+", " ").strip(),
          e);
    }
  }
}
