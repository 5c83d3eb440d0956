package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.Png;
import org.planloop.deploy.reproduce.Campaigns;
import org.planloop.deploy.reproduce.Claim;
import org.planloop.deploy.reproduce.Figure;
import org.planloop.deploy.reproduce.Findings;
import org.planloop.deploy.reproduce.StoppedException;
import org.planloop.deploy.reproduce.Story;
import org.planloop.deploy.reproduce.Study;
import org.planloop.deploy.reproduce.StudySetting;
import org.planloop.deploy.reproduce.Table;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.AtomicFolder;

/** Runs studies one after another and writes what they found. */
final class ReproduceSession {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final Context context;
  private final Console console;
  private final List<Study> studies;
  private final Options options;
  private final AtomicInteger signal = new AtomicInteger();
  private Instant lastLine = Instant.EPOCH;

  /**
   * How to run them.
   *
   * @param folder where the files go
   * @param keep whether finished studies in the folder are kept
   * @param force whether they are written over
   * @param story where the whole story goes, if it is wanted
   */
  record Options(
      OptionalInt seeds,
      boolean quick,
      boolean png,
      int jobs,
      Path folder,
      boolean keep,
      boolean force,
      @Nullable Path story) {}

  ReproduceSession(Context context, List<Study> studies, Options options) {
    this.context = context;
    this.console = context.console();
    this.studies = studies;
    this.options = options;
  }

  int run() {
    context.signals().listen(signal::set);
    makeFolder();
    console.say(
        studies.size()
            + (studies.size() == 1 ? " study in " : " studies in ")
            + options.folder()
            + (options.quick() ? ", each a glimpse only" : ""));
    Path scratch = Campaigns.scratch(options.folder());
    try {
      Map<Study, Findings> found = new LinkedHashMap<>();
      for (int i = 0; i < studies.size(); i++) {
        Study study = studies.get(i);
        if (options.keep() && Files.exists(page(study))) {
          console.say((i + 1) + "/" + studies.size() + "  " + study.name() + ": kept as it is");
        } else {
          found.put(study, one(i, scratch));
        }
      }
      if (options.story() != null) {
        tell(options.story());
      }
      return end(found);
    } catch (StoppedException e) {
      int code = Signals.EXIT_BASE + signal.get();
      console.fail(
          "stopped by a signal; finished studies are in " + options.folder() + ", the rest is gone",
          code);
      return code;
    } catch (IOException e) {
      throw new UncheckedIOException(options.folder() + ": " + e.getMessage(), e);
    } finally {
      delete(scratch);
    }
  }

  private void delete(Path scratch) {
    try {
      AtomicFolder.delete(scratch);
    } catch (IOException e) {
      console.warn("warning: " + scratch + " could not be deleted: " + e.getMessage());
    }
  }

  private void makeFolder() {
    Path folder = options.folder();
    try {
      Files.createDirectories(folder);
      try (Stream<Path> entries = Files.list(folder)) {
        if (!options.force() && !options.keep() && entries.findAny().isPresent()) {
          throw new InvalidInputException(
              folder
                  + ": is not empty; choose another folder with --out, go on with what an earlier"
                  + " run left (--keep), or write over it (--force)");
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          folder + ": cannot be written (" + e.getMessage() + "); choose another folder with --out",
          e);
    }
  }

  private Findings one(int index, Path scratch) throws IOException {
    Study study = studies.get(index);
    String head = (index + 1) + "/" + studies.size() + "  " + study.name();
    Instant from = context.clock().instant();
    console.say(head + ": " + study.title());
    Findings findings =
        study.run(
            new StudySetting(
                options.seeds(),
                options.quick(),
                new Campaigns(
                    context.starter(),
                    Parts.on(ReproduceSession.class.getClassLoader()),
                    scratch,
                    options.jobs(),
                    () -> signal.get() != 0),
                line -> progress(head + ": " + line),
                () -> signal.get() != 0));
    write(study, findings);
    for (Claim claim : findings.claims()) {
      console.say(
          "  "
              + (claim.agrees() ? "agrees   " : "DIFFERS  ")
              + claim.statement()
              + ": "
              + claim.found());
    }
    Duration took = Duration.between(from, context.clock().instant());
    console.say("  " + page(study) + ", " + took.toSeconds() + " s");
    return findings;
  }

  /** At a terminal the line moves; elsewhere one is printed now and then. */
  private void progress(String line) {
    console.live(line);
    Instant now = context.clock().instant();
    if (!console.isLive() && Duration.between(lastLine, now).compareTo(BETWEEN_LINES) >= 0) {
      lastLine = now;
      console.say("  " + line);
    }
  }

  /** The page is written last: where it is, everything is. */
  private void write(Study study, Findings findings) throws IOException {
    Path folder = options.folder();
    Path page = page(study);
    Files.deleteIfExists(page);
    for (Table table : findings.tables()) {
      AtomicFile.write(folder.resolve(table.name() + ".csv"), Main.utf8(table.csv()));
    }
    for (Figure figure : findings.figures()) {
      AtomicFile.write(folder.resolve(figure.name() + ".svg"), Main.utf8(figure.svg()));
      if (options.png()) {
        AtomicFile.write(folder.resolve(figure.name() + ".png"), Png.of(figure.svg()));
      }
    }
    AtomicFile.write(page, Main.utf8(Story.page(study, findings, command(study))));
  }

  private Path page(Study study) {
    return options.folder().resolve(study.name() + ".md");
  }

  private String command(Study study) {
    String seeds = options.seeds().isPresent() ? " --seeds " + options.seeds().getAsInt() : "";
    return "./planloop reproduce " + study.name() + seeds + (options.quick() ? " --quick" : "");
  }

  private void tell(Path story) throws IOException {
    List<String> pages = new ArrayList<>();
    for (Study study : studies) {
      pages.add(Files.readString(page(study)));
    }
    AtomicFile.write(story, Main.utf8(Story.whole(pages, Story.link(story, options.folder()))));
    console.say("the whole story: " + story);
  }

  private int end(Map<Study, Findings> found) {
    ObjectNode object = Json.object();
    object.put("folder", options.folder().toString());
    ArrayNode array = object.putArray("studies");
    found.forEach(
        (study, findings) -> {
          ObjectNode entry = array.addObject();
          entry.put("name", study.name());
          entry.put("agrees", findings.agree());
          ArrayNode claims = entry.putArray("claims");
          for (Claim claim : findings.claims()) {
            claims
                .addObject()
                .put("claim", claim.statement())
                .put("found", claim.found())
                .put("agrees", claim.agrees());
          }
        });
    console.answer(object);
    return Main.DONE;
  }
}
