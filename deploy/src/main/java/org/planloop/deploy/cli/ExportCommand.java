package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.RunFolder;
import org.planloop.storage.AtomicFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop export}: a policy with all it needs, in a folder of its own. */
@Command(
    name = "export",
    description =
        "Copy a run's best policy and its configuration into a folder that eval and act take.")
final class ExportCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "RUN", description = "A run's folder, or any policy's.")
  private @Nullable Path run;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder to make; must not exist.")
  private @Nullable Path out;

  ExportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    PolicyFolders.Found found = PolicyFolders.find(java.util.Objects.requireNonNull(run));
    Path target = context.folder().resolve(java.util.Objects.requireNonNull(out));
    copy(found, target);
    context.console().say("policy: " + target);
    ObjectNode object = Json.object();
    object.put("policy", target.toString());
    context.console().answer(object);
    return Main.DONE;
  }

  private static void copy(PolicyFolders.Found found, Path target) {
    if (Files.exists(target)) {
      throw new InvalidInputException(
          target + ": exists already; choose another folder with --out");
    }
    try {
      Path parent = target.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Map<String, byte[]> files = new LinkedHashMap<>();
      files.put(RunFolder.CONFIG, Files.readAllBytes(found.run().resolve(RunFolder.CONFIG)));
      List<Path> parts;
      try (Stream<Path> all = Files.list(found.policy())) {
        parts = all.filter(Files::isRegularFile).sorted().toList();
      }
      for (Path part : parts) {
        files.put(String.valueOf(part.getFileName()), Files.readAllBytes(part));
      }
      AtomicFolder.write(target, files);
    } catch (IOException e) {
      throw new InvalidInputException(
          target + ": cannot be written (" + e.getMessage() + "); choose another with --out", e);
    }
  }
}
