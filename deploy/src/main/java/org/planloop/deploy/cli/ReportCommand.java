package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.report.HtmlReport;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.RunData;
import org.planloop.deploy.report.RunFolder;
import org.planloop.storage.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop report}: runs as one page that opens without network. */
@Command(
    name = "report",
    description = "Write a page on one run, finished or not, or on several side by side.")
final class ReportCommand implements Callable<Integer> {
  private final Console console;
  private final Context context;

  @Parameters(arity = "1..*", paramLabel = "RUN", description = "Folders of runs.")
  private List<Path> runs = List.of();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "The page to write; must not exist. Default: report.html in the folder of the one run.")
  private @Nullable Path out;

  ReportCommand(Context context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() {
    List<RunData> data = runs.stream().map(RunData::read).toList();
    Path target = target();
    try {
      AtomicFile.write(target, Main.utf8(HtmlReport.of(data)));
    } catch (IOException e) {
      throw new InvalidInputException(
          target + ": cannot be written (" + e.getMessage() + "); choose another file with --out",
          e);
    }
    for (RunData run : data) {
      console.say(
          String.format(
              Locale.ROOT,
              "%-40s %-13s seed %-6s steps %-8.0f best so far %s",
              run.label(),
              run.setting("strategy"),
              run.setting("seed"),
              run.progress().last("env_steps"),
              ProgressLine.estimate(
                  org.planloop.campaign.ProgressRow.known(run.progress().last("best_return_mean")),
                  java.util.OptionalDouble.empty())));
    }
    console.say("report: " + target);
    ObjectNode object = Json.object();
    object.put("report", target.toString());
    console.answer(object);
    return Main.DONE;
  }

  private Path target() {
    if (out == null) {
      if (runs.size() > 1) {
        throw new InvalidInputException(
            "report of " + runs.size() + " runs: where to? Give a file with --out");
      }
      return runs.get(0).resolve(RunFolder.REPORT);
    }
    Path target = context.folder().resolve(out);
    if (Files.exists(target)) {
      throw new InvalidInputException(
          target + ": exists already; choose another file with --out, or delete it first");
    }
    Path parent = target.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      try {
        Files.createDirectories(parent);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return target;
  }
}
