package org.planloop.deploy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.report.EpisodePicture;
import org.planloop.deploy.report.EpisodeTrace;
import org.planloop.storage.AtomicFile;

/**
 * Where the picture of an episode goes; checked before anything is flown.
 *
 * @param file must not exist
 * @param html a page, else a bare SVG
 */
record RenderTarget(Path file, boolean html) {
  /**
   * @throws InvalidInputException if the file's name has another ending, or it exists
   */
  static RenderTarget of(Path folder, Path given) {
    Path file = folder.resolve(given);
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (!name.endsWith(".html") && !name.endsWith(".svg")) {
      throw new InvalidInputException("--render " + given + ": must end in .html or .svg");
    }
    if (Files.exists(file)) {
      throw new InvalidInputException(
          "--render " + given + ": exists already; choose another file, or delete it first");
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new InvalidInputException("--render " + given + ": there is no folder " + parent);
    }
    return new RenderTarget(file, name.endsWith(".html"));
  }

  void write(EpisodeTrace trace) {
    try {
      EpisodePicture picture = new EpisodePicture(trace);
      AtomicFile.write(file, Main.utf8(html ? picture.html() : picture.svg()));
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }
}
