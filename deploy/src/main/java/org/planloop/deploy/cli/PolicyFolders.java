package org.planloop.deploy.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.report.RunFolder;
import org.planloop.policy.PolicyCodec;

/** Finds what {@code RUN|POLICY} on a command line means. */
final class PolicyFolders {
  private static final int LEVELS_UP = 3;

  private PolicyFolders() {}

  /**
   * A stored policy and the experiment it was made in.
   *
   * @param policy folder with {@code policy.json}
   * @param run folder with {@code config.conf}
   */
  record Found(Path policy, Path run) {}

  /**
   * Finds a policy: a run's best one, or the folder itself if it holds one.
   *
   * @throws InvalidInputException if there is none, naming what there is
   */
  static Found find(Path given) {
    if (!Files.isDirectory(given)) {
      throw new InvalidInputException(
          given + ": is no folder; give a run, its best/ or one of its iterations/");
    }
    Path path = given.toAbsolutePath().normalize();
    if (Files.exists(path.resolve(PolicyCodec.JSON_FILE))) {
      Path folder = path;
      for (int i = 0; i < LEVELS_UP && folder != null; i++, folder = folder.getParent()) {
        if (Files.exists(folder.resolve(RunFolder.CONFIG))) {
          return new Found(path, folder);
        }
      }
      throw new InvalidInputException(
          given
              + ": has a policy but no "
              + RunFolder.CONFIG
              + " here or above, so its environment is unknown; copy the run's beside it");
    }
    Path best = path.resolve(RunFolder.BEST);
    if (Files.exists(best.resolve(PolicyCodec.JSON_FILE))) {
      return new Found(best, path);
    }
    throw new InvalidInputException(
        given
            + (Files.exists(path.resolve(RunFolder.CONFIG))
                ? ": the run is not finished and has no best policy yet; finish it with 'planloop"
                    + " train --resume "
                    + given
                    + "'"
                    + newest(given)
                : ": is neither a run nor a policy: it has no "
                    + RunFolder.CONFIG
                    + " and no "
                    + PolicyCodec.JSON_FILE));
  }

  private static String newest(Path run) {
    Path iterations = run.resolve("iterations");
    if (!Files.isDirectory(iterations)) {
      return "";
    }
    try (Stream<Path> folders = Files.list(iterations)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve(PolicyCodec.JSON_FILE)))
          .max(Path::compareTo)
          .map(folder -> ", or give the newest policy: " + folder)
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
