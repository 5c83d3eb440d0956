package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.CampaignStarter;
import org.planloop.deploy.node.RunningCampaign;
import org.planloop.deploy.report.RunFolder;
import org.planloop.deploy.report.SummaryJson;

/**
 * A campaign as a person sees it: what happens arrives in one queue and is written to the run
 * folder and to the console by one thread.
 */
final class TrainSession {
  private static final long REDRAW_MILLISECONDS = 500;

  /** How long a run that has ended waits for its last copy. */
  private static final Duration COPIED = Duration.ofSeconds(60);

  private static final Duration COPIED_AFTER_SIGNAL = Duration.ofSeconds(5);

  private final Context context;
  private final CampaignStarter starter;
  private final Console console;
  private final Parts parts;
  private final Experiment experiment;
  private final RunFolder folder;
  private final boolean fresh;
  private final ProgressLine line;

  /** Whether {@link #happenings} are looked after. */
  private volatile boolean started;

  private final BlockingQueue<Runnable> happenings = new LinkedBlockingQueue<>();
  private int signal;
  private @Nullable Summary summary;
  private @Nullable RuntimeException failure;

  /**
   * @param starter runs the campaign, here or elsewhere
   * @param folder closed at the end
   * @param fresh whether the folder was made for this run, so that it goes if nothing comes of it
   */
  TrainSession(
      Context context,
      CampaignStarter starter,
      Parts parts,
      Experiment experiment,
      RunFolder folder,
      boolean fresh) {
    this.context = context;
    this.starter = starter;
    this.console = context.console();
    this.parts = parts;
    this.experiment = experiment;
    this.folder = folder;
    this.fresh = fresh;
    this.line = new ProgressLine(experiment.campaign().iterations(), context.clock());
  }

  /** Runs to the end and returns the exit code. */
  int run() {
    context.signals().listen(number -> happenings.add(() -> signal = number));
    try (folder) {
      RunningCampaign campaign = start();
      try (campaign) {
        fly(campaign);
      }
      // What came while the campaign was closing is final too.
      drain();
      return end(campaign);
    } catch (IOException e) {
      throw new UncheckedIOException(folder.path() + ": " + e.getMessage(), e);
    }
  }

  private RunningCampaign start() {
    console.say("run folder: " + folder.path());
    try {
      folder.begin(List.of());
      RunningCampaign campaign = starter.start(experiment, parts, folder.path(), new Relay());
      started = true;
      return campaign;
    } catch (RuntimeException e) {
      if (fresh) {
        folder.discard();
      }
      throw e;
    }
  }

  private void fly(RunningCampaign campaign) {
    campaign.copiedTo().ifPresent(place -> console.say("copied to: " + place));
    folder.begin(campaign.earlier(), campaign.decided());
    if (!campaign.earlier().isEmpty()) {
      campaign.earlier().forEach(line::earlier);
      console.say("going on after iteration " + campaign.earlier().size());
    }
    var unused =
        campaign
            .result()
            .whenComplete((result, error) -> happenings.add(() -> ended(result, error)));
    while (signal == 0 && summary == null && failure == null) {
      await();
      if (line.started()) {
        console.live(line.text());
      }
    }
    if (signal != 0) {
      console.say("stopping: iterations that are complete stay; a second signal exits at once");
    }
  }

  private void await() {
    try {
      Runnable next = happenings.poll(REDRAW_MILLISECONDS, TimeUnit.MILLISECONDS);
      if (next != null) {
        next.run();
      }
      drain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void drain() {
    for (Runnable next = happenings.poll(); next != null; next = happenings.poll()) {
      next.run();
    }
  }

  private void ended(@Nullable Summary result, @Nullable Throwable error) {
    summary = result;
    if (error != null) {
      Throwable cause =
          error instanceof CompletionException && error.getCause() != null
              ? error.getCause()
              : error;
      failure =
          cause instanceof RuntimeException expected
              ? expected
              : new IllegalStateException("the campaign broke", cause);
    }
  }

  private int end(RunningCampaign campaign) {
    if (summary != null) {
      folder.finish(experiment, summary, Version.build());
      settle(campaign, COPIED);
      FinalTable.lines(folder.path(), folder.rows(), summary).forEach(console::say);
      ObjectNode object = SummaryJson.of(summary, Version.build());
      object.put("run", folder.path().toString());
      console.answer(object);
      return Main.DONE;
    }
    settle(campaign, COPIED_AFTER_SIGNAL);
    String resume = "planloop train --resume " + folder.path();
    if (signal != 0) {
      // Closing the campaign cancels its result, which is no failure.
      console.fail(campaign.afterSignal(folder.path()), Signals.EXIT_BASE + signal);
      return Signals.EXIT_BASE + signal;
    }
    console.say("go on after the last complete iteration with: " + resume);
    throw Objects.requireNonNull(failure);
  }

  private void settle(RunningCampaign campaign, Duration patience) {
    String trouble = campaign.settle(patience);
    if (!trouble.isEmpty()) {
      console.warn(
          "warning: "
              + trouble
              + "; copy it later with 'planloop copy "
              + folder.path()
              + " --object-store s3://BUCKET/PREFIX'");
    }
  }

  private final class Relay implements CampaignObserver {
    @Override
    public void flown(int iteration, long envSteps) {
      happenings.add(() -> line.flown(iteration, envSteps));
    }

    @Override
    public void row(ProgressRow row) {
      happenings.add(
          () -> {
            folder.append(row);
            line.row(row);
            if (!console.isLive()) {
              console.say(line.text());
            }
          });
    }

    @Override
    public void decided(AuditEntry entry) {
      happenings.add(() -> folder.append(entry));
    }

    /** At once while the campaign starts: that can take a minute, and nobody drains the queue. */
    @Override
    public void warning(String message) {
      if (started) {
        happenings.add(() -> console.warn("warning: " + message));
      } else {
        console.warn("warning: " + message);
      }
    }
  }
}
