package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.report.RunFolder;
import org.planloop.environment.Environment;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.StoreFlaw;
import org.planloop.replay.StoreIdentity;
import org.planloop.replay.StoreScan;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The folder that a replay command looks into. */
final class ReplayFolder {
  /** {@code RUN/replay/shard-0} is this deep in a run's folder. */
  private static final int DEPTH = 2;

  @Parameters(paramLabel = "FOLDER", description = "A run's folder, or one with replay files.")
  private @Nullable Path folder;

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  /** As it was given, against the folder of the process. */
  Path path(Context context) {
    return context.folder().resolve(Objects.requireNonNull(folder));
  }

  /**
   * The folders of its stores, where its configuration says that they lie elsewhere, there.
   *
   * @throws InvalidInputException if there are none
   */
  List<Path> stores(Context context) {
    Path path = path(context);
    try {
      try {
        return ReplayFolders.stores(path);
      } catch (InvalidInputException e) {
        if (!Files.isRegularFile(path.resolve(RunFolder.CONFIG))) {
          throw e;
        }
        Experiment experiment = read(path.resolve(RunFolder.CONFIG), classPath.parts());
        if (experiment.replay().path().isBlank()) {
          throw e;
        }
        return ReplayFolders.stores(context.folder().resolve(experiment.replay().path()));
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Looks through every store. */
  List<StoreScan> scan(Context context, boolean checksums) {
    List<StoreScan> scans = new ArrayList<>();
    for (Path store : stores(context)) {
      try {
        scans.add(StoreScan.of(store, checksums));
      } catch (IOException e) {
        throw unreadable(store, e);
      }
    }
    return scans;
  }

  /** Something that a disk did. */
  static UncheckedIOException unreadable(Path path, IOException cause) {
    return new UncheckedIOException(path + ": cannot be read: " + cause.getMessage(), cause);
  }

  /**
   * The environment that the run's configuration names; empty without one, or where it is not to be
   * had, which is said.
   */
  Optional<Environment> environment(Context context, StoreIdentity identity) {
    Path at = path(context).toAbsolutePath().normalize();
    for (int up = 0; up <= DEPTH && at != null; up++, at = at.getParent()) {
      Path config = at.resolve(RunFolder.CONFIG);
      if (Files.isRegularFile(config)) {
        return environment(context, config, identity);
      }
    }
    return Optional.empty();
  }

  private Optional<Environment> environment(Context context, Path config, StoreIdentity identity) {
    try {
      Parts parts = classPath.parts();
      Environment environment = parts.environment(read(config, parts));
      if (environment.states().size() == identity.stateSize()
          && environment.actions().size() == identity.actionSize()) {
        return Optional.of(environment);
      }
      context
          .console()
          .warn(
              "warning: "
                  + config
                  + " names "
                  + environment.name()
                  + ", whose states or actions are of other widths; columns go by number");
    } catch (InvalidInputException e) {
      context.console().warn("warning: columns go by number, because " + e.getMessage());
    }
    return Optional.empty();
  }

  private static Experiment read(Path config, Parts parts) {
    return new ExperimentReader(parts)
        .read(
            config.toString(),
            new ExperimentReader.Overrides(List.of(), OptionalLong.empty(), Optional.empty()));
  }

  /** Says where the files are torn or damaged. */
  static void warn(Console console, List<StoreFlaw> flaws) {
    for (StoreFlaw flaw : flaws) {
      console.warn("warning: " + flaw);
    }
  }

  /** The same for a script. */
  static void put(ObjectNode object, List<StoreFlaw> flaws) {
    ArrayNode array = object.putArray("flaws");
    for (StoreFlaw flaw : flaws) {
      array
          .addObject()
          .put("file", flaw.segment().toString())
          .put("offset", flaw.offset())
          .put("bytes", flaw.bytes())
          .put("reason", flaw.reason())
          .put("torn_end", flaw.tornEnd())
          .put("whole_chunks_behind", flaw.wholeChunks())
          .put("whole_rows_behind", flaw.wholeRows());
    }
  }

  /** All flaws of all stores. */
  static List<StoreFlaw> flaws(List<StoreScan> scans) {
    return scans.stream().flatMap(scan -> scan.flaws().stream()).toList();
  }

  /**
   * @throws InvalidInputException if a file is damaged where a torn end is no explanation: what is
   *     behind that place would be missing without a word
   */
  static void requireSound(List<StoreScan> scans) {
    for (StoreFlaw flaw : flaws(scans)) {
      if (!flaw.tornEnd()) {
        throw new InvalidInputException(
            flaw
                + "; resume the run, which sets the damaged part aside, or copy the file back from"
                + " a backup");
      }
    }
  }
}
