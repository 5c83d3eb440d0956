package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.node.StoppedRunCopy;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.S3ObjectStore;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code planloop copy}: a run folder into an object store. */
@Command(
    name = "copy",
    description = {
      "Copy the newest checkpoint of a run to an object store: of one that was trained without"
          + " --object-store, or that ended before its last copy.",
      "The run must not be under way; one that is copies itself, with 'train --object-store'."
    })
final class CopyCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "RUN", description = "The run's folder.")
  private @Nullable Path run;

  @Mixin private final ObjectStoreOptions options = new ObjectStoreOptions();

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  CopyCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    StoreSettings settings =
        options
            .checked()
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "--object-store: say where to copy to: s3://BUCKET/PREFIX"));
    Path from = context.folder().resolve(Objects.requireNonNull(run));
    ExperimentReader reader = new ExperimentReader(classPath.parts());
    try (ObjectStore store = new S3ObjectStore(settings)) {
      StoppedRunCopy.Done done = new StoppedRunCopy(reader, store, settings).copy(from);
      context
          .console()
          .say(
              String.format(
                  Locale.ROOT,
                  "checkpoint %s, %.1f MB stored now; copied to: %s",
                  done.checkpoint(),
                  done.bytes() * 1e-6,
                  done.place()));
      ObjectNode answer = Json.object();
      answer.put("place", done.place());
      answer.put("checkpoint", done.checkpoint().toString());
      answer.put("bytes", done.bytes());
      context.console().answer(answer);
      return Main.DONE;
    } catch (IOException e) {
      throw new InvalidInputException("copy: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InvalidInputException("copy: interrupted; what was stored is not stored again", e);
    }
  }
}
