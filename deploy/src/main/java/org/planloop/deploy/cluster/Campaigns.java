package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.Campaign;
import org.planloop.campaign.CampaignOutcome;
import org.planloop.campaign.ProgressRow;
import org.planloop.cluster.Backoff;
import org.planloop.cluster.RoleDirectory;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.CampaignRecord.Phase;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.memory.Machine;
import org.planloop.deploy.memory.MemoryPlans;
import org.planloop.deploy.node.DeviceWarnings;
import org.planloop.deploy.node.Summaries;
import org.planloop.deploy.report.Build;
import org.planloop.deploy.report.RunFolder;
import org.planloop.protocol.Dispatching;
import org.planloop.rollout.Dispatcher;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The campaigns of a cluster, on the trainer's node. Each has a run folder; after a restart those
 * that were not over go on from their checkpoints. A campaign that fails is tried again, less and
 * less often, unless it gets no further.
 */
public final class Campaigns extends AbstractBehavior<Object> {
  /** The actor's name; campaigns are its children. */
  static final String NAME = "campaigns";

  /** In the run folder of a campaign that somebody has called off. */
  private static final String CANCELLED = "cancelled";

  /** Attempts in a row without a new row, after which a campaign has failed. */
  private static final int MOST_ATTEMPTS = 6;

  /** Iterations of fractions of a second do not fill the log. */
  private static final Duration LINES_APART = Duration.ofSeconds(1);

  /** Finished campaigns that are known after a restart; older ones are only files. */
  private static final int FINISHED_KEPT = 100;

  private static final Backoff RETRIES = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));

  /**
   * A campaign gets no further. Never leaves the node.
   *
   * @param cause one sentence for its followers; empty for none
   * @param report for the run folder; empty for none
   */
  record Stuck(String campaign, String cause, String report)
      implements NoSerializationVerificationNeeded {}

  /** Stop all campaigns, keeping what is final; then stop. Never leaves the node. */
  enum Stop implements NoSerializationVerificationNeeded {
    NOW
  }

  private record Looked(Dispatcher.@Nullable Seen seen, ActorRef<Campaigning.Standings> replyTo)
      implements NoSerializationVerificationNeeded {}

  private record RolledBack(Campaigning.RollBack asked, Campaign.@Nullable RollBackAnswer answer)
      implements NoSerializationVerificationNeeded {}

  private record Restored(String key, @Nullable Path folder, String trouble)
      implements NoSerializationVerificationNeeded {}

  private record AttemptGone(String campaign) implements NoSerializationVerificationNeeded {}

  private record Retry(String campaign) implements NoSerializationVerificationNeeded {}

  private record Written(String campaign) implements NoSerializationVerificationNeeded {}

  private record Flown(String campaign, ProgressRow row)
      implements NoSerializationVerificationNeeded {}

  /** A campaign here. */
  private static final class Hosted {
    final CampaignRecord record;
    @Nullable ActorRef<Object> attempt;
    HostedCampaign.@Nullable Started flying;

    /** Whether the attempt has been told to stop, or has said how it ended. */
    boolean ended;

    boolean again;
    int attempts;
    int rowsBefore;
    long lineAt;

    Hosted(CampaignRecord record) {
      this.record = record;
    }
  }

  /**
   * What the actor works with.
   *
   * @param runs folder of the run folders
   * @param io runs file access, one task at a time and in order
   * @param copying copies campaigns and brings them back
   */
  record Surroundings(
      Path runs,
      Parts parts,
      Build build,
      InstantSource clock,
      MeterRegistry registry,
      Executor io,
      ActorRef<RoleDirectory.Command> directory,
      ActorRef<Object> dispatcher,
      Optional<CampaignCopying> copying) {}

  private final TimerScheduler<Object> timers;
  private final Surroundings surroundings;
  private final CampaignMeters meters;
  private final Map<String, Hosted> hosted = new TreeMap<>();
  private final Restorations restorations = new Restorations();

  static Behavior<Object> create(Surroundings surroundings) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Campaigns(context, timers, surroundings)));
  }

  private Campaigns(
      ActorContext<Object> context, TimerScheduler<Object> timers, Surroundings surroundings) {
    super(context);
    this.timers = timers;
    this.surroundings = surroundings;
    this.meters = new CampaignMeters(surroundings.registry());
    goOnWithAll();
  }

  private void goOnWithAll() {
    List<Path> folders;
    try (Stream<Path> all = Files.list(Files.createDirectories(surroundings.runs()))) {
      folders = all.filter(path -> Files.exists(path.resolve(RunFolder.CONFIG))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(surroundings.runs() + ": " + e.getMessage(), e);
    }
    List<Path> finished = new ArrayList<>();
    for (Path folder : folders) {
      if (Files.exists(folder.resolve(RunFolder.SUMMARY))) {
        finished.add(folder);
      } else if (!Files.exists(folder.resolve(CANCELLED))) {
        try {
          resume(folder);
        } catch (InvalidInputException | UncheckedIOException e) {
          about(String.valueOf(folder.getFileName()), getContext().getLog().atError())
              .log("campaign {} cannot go on: {}", folder, e.getMessage());
        }
      }
    }
    finished
        .subList(Math.max(0, finished.size() - FINISHED_KEPT), finished.size())
        .forEach(this::remember);
  }

  private void remember(Path folder) {
    String campaign = String.valueOf(folder.getFileName());
    try {
      CampaignRecord record =
          CampaignRecord.finished(RunFolder.experiment(folder, reader()), folder);
      hosted.put(campaign, new Hosted(record));
      meters.count(campaign, record);
      surroundings.copying().ifPresent(copying -> copying.copyFinished(campaign, record));
    } catch (IOException | InvalidInputException e) {
      about(String.valueOf(folder.getFileName()), getContext().getLog().atWarn())
          .log("{} is finished, and cannot be shown: {}", folder, e.getMessage());
    }
  }

  private ExperimentReader reader() {
    return new ExperimentReader(surroundings.parts());
  }

  private void resume(Path folder) {
    Experiment experiment = RunFolder.experiment(folder, reader());
    host(
        String.valueOf(folder.getFileName()),
        experiment,
        RunFolder.resume(folder, reader(), surroundings.clock()));
  }

  private void host(String campaign, Experiment experiment, RunFolder folder) {
    ActorRef<Object> self = getContext().getSelf();
    CampaignRecord record =
        new CampaignRecord(
            experiment,
            folder,
            surroundings.io(),
            System::nanoTime,
            row -> self.tell(new Flown(campaign, row)));
    Hosted entry = new Hosted(record);
    hosted.put(campaign, entry);
    surroundings.copying().ifPresent(copying -> copying.copy(campaign, record));
    attempt(campaign, entry);
  }

  private void attempt(String campaign, Hosted entry) {
    meters.show(campaign, entry.record);
    ActorRef<Object> attempt =
        getContext()
            .spawn(
                HostedCampaign.create(
                    new HostedCampaign.Surroundings(
                        campaign,
                        entry.record,
                        surroundings.parts(),
                        surroundings.registry(),
                        surroundings.directory(),
                        surroundings.dispatcher().narrow(),
                        getContext().getSelf())),
                campaign);
    getContext().watchWith(attempt, new AttemptGone(campaign));
    entry.attempt = attempt;
    entry.attempts++;
    entry.again = false;
    entry.ended = false;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Campaigning.Submit.class, this::onSubmit)
        .onMessage(Campaigning.Restore.class, this::onRestore)
        .onMessage(Restored.class, this::onRestored)
        .onMessage(Campaigning.Cancel.class, this::onCancel)
        .onMessage(Campaigning.GoOn.class, this::onGoOn)
        .onMessage(Campaigning.RollBack.class, this::onRollBack)
        .onMessage(RolledBack.class, this::onRolledBack)
        .onMessage(Campaigning.Describe.class, this::onDescribe)
        .onMessage(Campaigning.GetPage.class, this::onGetPage)
        .onMessage(Campaigning.ReadFile.class, this::onReadFile)
        .onMessage(Campaigning.GetStandings.class, this::onGetStandings)
        .onMessage(Ping.class, Ping::answer)
        .onMessage(Looked.class, this::onLooked)
        .onMessage(Stuck.class, this::onStuck)
        .onMessage(HostedCampaign.Started.class, this::onStarted)
        .onMessage(HostedCampaign.Ended.class, this::onEnded)
        .onMessage(AttemptGone.class, this::onAttemptGone)
        .onMessage(Retry.class, this::onRetry)
        .onMessage(Written.class, this::onWritten)
        .onMessage(Flown.class, this::onFlown)
        .onMessageEquals(Stop.NOW, Behaviors::stopped)
        .onSignal(PostStop.class, unused -> onStop())
        .build();
  }

  private Behavior<Object> onSubmit(Campaigning.Submit submit) {
    submit.replyTo().tell(submitted(submit));
    return this;
  }

  private Campaigning.SubmitReply submitted(Campaigning.Submit submit) {
    if (!submit.token().matches("[0-9a-f]{8}")) {
      return new Campaigning.Refused("the token must be of eight hexadecimal digits");
    }
    String ending = "-" + submit.token();
    Optional<String> before = hosted.keySet().stream().filter(id -> id.endsWith(ending)).findAny();
    if (before.isPresent()) {
      return new Campaigning.Accepted(before.get());
    }
    try {
      Experiment experiment = reader().readText(submit.config(), submit.experiment());
      surroundings.parts().checkRecording(experiment);
      MemoryPlans.trainer(
              experiment, surroundings.parts().environment(experiment), DeviceWarnings::gpusSeen)
          .check(Machine.here(surroundings.runs()), 1, 1);
      Path unused =
          RunFolder.unused(surroundings.runs(), experiment.name(), surroundings.clock().instant());
      String campaign = unused.getFileName() + ending;
      Path folder = unused.resolveSibling(campaign);
      host(campaign, experiment, RunFolder.create(folder, experiment, surroundings.clock()));
      return new Campaigning.Accepted(campaign);
    } catch (InvalidInputException | UncheckedIOException e) {
      return new Campaigning.Refused(String.valueOf(e.getMessage()));
    }
  }

  private Behavior<Object> onRestore(Campaigning.Restore asked) {
    if (surroundings.copying().isEmpty()) {
      asked
          .replyTo()
          .tell(
              new Campaigning.Refused(
                  "the trainer's node was started without --object-store, which says how the store"
                      + " is reached; start it again with it"));
      return this;
    }
    String key = asked.shards() + " " + asked.checkpoint() + " " + asked.url();
    asked.replyTo().tell(restorations.answer(key, () -> restore(key, asked)::doing));
    return this;
  }

  private Restoration restore(String key, Campaigning.Restore asked) {
    CampaignCopying copying = surroundings.copying().orElseThrow();
    Restoration restoration =
        copying.restoration(
            new Restoration.Wanted(asked.url(), asked.checkpoint(), asked.shards()), reader());
    getContext()
        .pipeToSelf(
            copying.run(restoration),
            (folder, failure) -> new Restored(key, folder, StoreWork.reason(failure)));
    return restoration;
  }

  private Behavior<Object> onRestored(Restored done) {
    restorations.ended(
        done.key(),
        done.folder() == null ? new Campaigning.Refused(done.trouble()) : takeIn(done.folder()));
    return this;
  }

  /** The files are here: from now on it is a campaign like any other. */
  private Campaigning.SubmitReply takeIn(Path folder) {
    try {
      if (Files.exists(folder.resolve(RunFolder.SUMMARY))) {
        remember(folder);
      } else {
        resume(folder);
      }
      return new Campaigning.Accepted(String.valueOf(folder.getFileName()));
    } catch (InvalidInputException | UncheckedIOException e) {
      return new Campaigning.Refused(String.valueOf(e.getMessage()));
    }
  }

  private Behavior<Object> onCancel(Campaigning.Cancel cancel) {
    Hosted entry = hosted.get(cancel.campaign());
    if (entry == null) {
      cancel.replyTo().tell(new Campaigning.Refused(unknown(cancel.campaign())));
      return this;
    }
    if (!entry.record.phase().over() || entry.record.phase() == Phase.FAILED) {
      try {
        Files.writeString(entry.record.path().resolve(CANCELLED), "");
      } catch (IOException e) {
        cancel.replyTo().tell(new Campaigning.Refused(String.valueOf(e.getMessage())));
        return this;
      }
      entry.record.phase(Phase.CANCELLED, "called off");
      stop(cancel.campaign(), entry);
      forgetIfOver(cancel.campaign(), entry);
    }
    cancel.replyTo().tell(new Campaigning.Accepted(cancel.campaign()));
    return this;
  }

  private void stop(String campaign, Hosted entry) {
    entry.flying = null;
    entry.ended = true;
    entry.again = false;
    timers.cancel(campaign);
    surroundings.dispatcher().tell(new Dispatching.Withdraw(campaign));
    if (entry.attempt != null) {
      getContext().stop(entry.attempt);
    }
  }

  /** Once its actors are gone: whatever they still count is taken away with the rest. */
  private void forgetIfOver(String campaign, Hosted entry) {
    if (entry.attempt == null && entry.record.phase().over()) {
      meters.forget(campaign);
    }
  }

  private Behavior<Object> onGoOn(Campaigning.GoOn asked) {
    Hosted entry = hosted.get(asked.campaign());
    if (entry == null) {
      asked.replyTo().tell(new Campaigning.Refused(unknown(asked.campaign())));
    } else if (entry.record.phase() != Phase.FAILED) {
      asked
          .replyTo()
          .tell(
              new Campaigning.Refused(
                  asked.campaign() + " is " + entry.record.phase() + ", not failed"));
    } else {
      entry.attempts = 0;
      attempt(asked.campaign(), entry);
      asked.replyTo().tell(new Campaigning.Accepted(asked.campaign()));
    }
    return this;
  }

  private Behavior<Object> onRollBack(Campaigning.RollBack asked) {
    Hosted entry = hosted.get(asked.campaign());
    if (entry == null) {
      asked.replyTo().tell(new Campaigning.Refused(unknown(asked.campaign())));
    } else if (entry.attempt == null || entry.record.phase() != Phase.RUNNING) {
      asked
          .replyTo()
          .tell(
              new Campaigning.Refused(
                  asked.campaign() + " is " + entry.record.phase() + ", not running"));
    } else {
      getContext()
          .ask(
              Campaign.RollBackAnswer.class,
              entry.attempt,
              Duration.ofSeconds(3),
              replyTo -> new Campaign.RollBack(asked.version(), replyTo),
              (answer, late) -> new RolledBack(asked, answer));
    }
    return this;
  }

  private Behavior<Object> onRolledBack(RolledBack done) {
    Campaign.RollBackAnswer answer = done.answer();
    String refusal = answer == null ? "the campaign does not answer; ask again" : answer.refusal();
    done.asked()
        .replyTo()
        .tell(
            refusal.isEmpty()
                ? new Campaigning.Accepted(done.asked().campaign())
                : new Campaigning.Refused(refusal));
    return this;
  }

  private String unknown(String campaign) {
    return "there is no campaign "
        + campaign
        + "; there are "
        + (hosted.isEmpty() ? "none" : String.join(", ", hosted.keySet()));
  }

  private Behavior<Object> onDescribe(Campaigning.Describe describe) {
    Hosted entry = hosted.get(describe.campaign());
    HostedCampaign.Started flying = entry == null ? null : entry.flying;
    if (entry != null && flying != null) {
      try {
        describe
            .replyTo()
            .tell(
                new Campaigning.Description(
                    flying.epoch(),
                    entry.record.experiment().name(),
                    Files.readString(entry.record.path().resolve(RunFolder.CONFIG)),
                    flying.publisher()));
      } catch (IOException e) {
        about(describe.campaign(), getContext().getLog().atError())
            .log("{}: {}", describe.campaign(), e.getMessage());
      }
    }
    return this;
  }

  private Behavior<Object> onGetPage(Campaigning.GetPage asked) {
    Hosted entry = hosted.get(asked.campaign());
    asked
        .replyTo()
        .tell(
            entry == null
                ? new Campaigning.NoSuchCampaign(asked.campaign(), List.copyOf(hosted.keySet()))
                : entry.record.page(asked.campaign(), asked));
    return this;
  }

  private Behavior<Object> onReadFile(Campaigning.ReadFile asked) {
    Hosted entry = hosted.get(asked.campaign());
    asked
        .replyTo()
        .tell(
            entry == null
                ? RunFilePieces.NONE
                : RunFilePieces.read(entry.record.path(), asked.file(), asked.from()));
    return this;
  }

  private Behavior<Object> onGetStandings(Campaigning.GetStandings asked) {
    getContext()
        .ask(
            Dispatcher.Seen.class,
            surroundings.dispatcher(),
            Duration.ofSeconds(3),
            Dispatcher.Look::new,
            (seen, late) -> new Looked(seen, asked.replyTo()));
    return this;
  }

  private Behavior<Object> onLooked(Looked looked) {
    List<Campaigning.WorkerStanding> workers = new ArrayList<>();
    Map<String, Integer> flying = new TreeMap<>();
    Map<String, Integer> waiting = new TreeMap<>();
    if (looked.seen() != null) {
      waiting.putAll(looked.seen().waiting());
      looked
          .seen()
          .workers()
          .forEach(
              worker -> {
                worker
                    .task()
                    .ifPresent(task -> flying.merge(task.campaign().campaign(), 1, Integer::sum));
                workers.add(
                    new Campaigning.WorkerStanding(
                        worker.address(),
                        worker.task().map(task -> task.campaign().campaign()).orElse(""),
                        worker.task().map(task -> task.job().label()).orElse(""),
                        worker.flyingSeconds(),
                        worker.stepsPerSecond(),
                        worker.jobs(),
                        worker.silentSeconds()));
              });
    }
    List<Campaigning.Standing> campaigns = new ArrayList<>();
    hosted.forEach(
        (campaign, entry) ->
            campaigns.add(
                entry.record.standing(
                    campaign,
                    waiting.getOrDefault(campaign, 0),
                    flying.getOrDefault(campaign, 0))));
    looked.replyTo().tell(new Campaigning.Standings(campaigns, workers));
    return this;
  }

  private Behavior<Object> onStuck(Stuck stuck) {
    Hosted entry = hosted.get(stuck.campaign());
    if (entry != null) {
      entry.record.stuck(stuck.cause(), stuck.report(), surroundings.clock().instant());
    }
    return this;
  }

  private Behavior<Object> onFlown(Flown flown) {
    Hosted entry = hosted.get(flown.campaign());
    if (entry == null) {
      return this;
    }
    long now = System.nanoTime();
    boolean rare = entry.lineAt == 0 || now - entry.lineAt >= LINES_APART.toNanos();
    if (rare) {
      entry.lineAt = now;
    }
    ProgressRow row = flown.row();
    about(flown.campaign(), rare ? getContext().getLog().atInfo() : getContext().getLog().atDebug())
        .addKeyValue("iteration", row.iteration())
        .log(
            "iteration {}: return {}, best {}, {} steps",
            row.iteration(),
            text(row.returnMean()),
            text(row.bestReturnMean()),
            row.envSteps());
    return this;
  }

  private static String text(OptionalDouble figure) {
    return figure.isPresent() ? String.format(Locale.ROOT, "%.6g", figure.getAsDouble()) : "none";
  }

  /** A log line about a campaign carries its id as a key. */
  private static LoggingEventBuilder about(String campaign, LoggingEventBuilder line) {
    return line.addKeyValue("campaign", campaign);
  }

  private Behavior<Object> onStarted(HostedCampaign.Started started) {
    Hosted entry = hosted.get(started.epoch().campaign());
    if (entry != null) {
      about(started.epoch().campaign(), getContext().getLog().atInfo())
          .log(
              "campaign {} runs under epoch {}, from row {}",
              started.epoch().campaign(),
              started.epoch().epoch(),
              entry.record.finalRows() + 1);
      entry.flying = started;
      entry.rowsBefore = entry.record.finalRows();
    }
    return this;
  }

  private Behavior<Object> onEnded(HostedCampaign.Ended ended) {
    Hosted entry = hosted.get(ended.campaign());
    if (entry == null || entry.record.phase().over()) {
      return this;
    }
    stop(ended.campaign(), entry);
    if (ended.outcome() instanceof CampaignOutcome.Finished finished) {
      ActorRef<Object> self = getContext().getSelf();
      entry.record.finish(
          Summaries.of(entry.record.experiment(), finished),
          surroundings.build(),
          () -> self.tell(new Written(ended.campaign())));
    } else if (ended.outcome() instanceof CampaignOutcome.Failed failed) {
      failed(ended.campaign(), entry, failed.reason(), ended.retry());
    }
    return this;
  }

  private void failed(String campaign, Hosted entry, String reason, boolean retry) {
    if (entry.record.finalRows() > entry.rowsBefore) {
      entry.attempts = 1;
    }
    if (retry && entry.attempts < MOST_ATTEMPTS) {
      entry.again = true;
      entry.record.phase(Phase.RETRYING, reason);
      about(campaign, getContext().getLog().atWarn())
          .log("campaign {} failed and is tried again: {}", campaign, reason);
    } else {
      entry.record.phase(Phase.FAILED, reason);
      about(campaign, getContext().getLog().atError())
          .log("campaign {} failed: {}", campaign, reason);
    }
    entry.record.warning(reason);
  }

  /** Its name is free again. */
  private Behavior<Object> onAttemptGone(AttemptGone gone) {
    Hosted entry = hosted.get(gone.campaign());
    if (entry == null) {
      return this;
    }
    entry.attempt = null;
    if (!entry.ended) {
      // It ended without a word: a bug somewhere, and the campaign can still go on.
      stop(gone.campaign(), entry);
      failed(
          gone.campaign(), entry, "the campaign's actor broke; the trainer's log says why", true);
    }
    forgetIfOver(gone.campaign(), entry);
    if (entry.again) {
      timers.startSingleTimer(
          gone.campaign(), new Retry(gone.campaign()), RETRIES.after(entry.attempts));
    }
    return this;
  }

  private Behavior<Object> onRetry(Retry retry) {
    Hosted entry = hosted.get(retry.campaign());
    if (entry != null && entry.again && entry.attempt == null) {
      attempt(retry.campaign(), entry);
    }
    return this;
  }

  private Behavior<Object> onWritten(Written written) {
    about(written.campaign(), getContext().getLog().atInfo())
        .log("campaign {} is finished", written.campaign());
    Hosted entry = hosted.get(written.campaign());
    if (entry != null) {
      forgetIfOver(written.campaign(), entry);
    }
    return this;
  }

  private Behavior<Object> onStop() {
    hosted.values().forEach(entry -> entry.record.close());
    return this;
  }
}
