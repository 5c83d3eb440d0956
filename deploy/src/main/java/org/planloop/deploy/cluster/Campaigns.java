package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
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
import org.planloop.cluster.RoleDirectory;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.CampaignRecord.Phase;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.CampaignFailedException;
import org.planloop.deploy.node.Summaries;
import org.planloop.deploy.report.Build;
import org.planloop.protocol.Dispatching;
import org.planloop.rollout.Dispatcher;

/**
 * The campaigns of a cluster, on the trainer's node. Each has a run folder; after a restart those
 * that were not over go on from their checkpoints. A campaign that fails is tried again, less and
 * less often, unless it gets no further.
 */
public final class Campaigns extends AbstractBehavior<Object> {
  /** The actor's name; campaigns are its children. */
  static final String NAME = "campaigns";

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
  private final CampaignFolders folders;
  private final CampaignMeters meters;
  private final Map<String, Hosted> hosted = new TreeMap<>();
  private final CampaignAnswers answers = new CampaignAnswers(hosted);
  private final Restorations restorations = new Restorations();

  static Behavior<Object> create(Surroundings surroundings) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Campaigns(context, timers, surroundings)));
  }

  private Campaigns(
      ActorContext<Object> context, TimerScheduler<Object> timers, Surroundings surroundings) {
    super(context);
    context.setLoggerName(Campaigns.class);
    this.timers = timers;
    this.surroundings = surroundings;
    this.folders =
        new CampaignFolders(surroundings.runs(), surroundings.parts(), surroundings.clock());
    this.meters = new CampaignMeters(surroundings.registry());
    goOnWithAll();
  }

  private void goOnWithAll() {
    CampaignFolders.Found found = folders.find();
    for (Path folder : found.unfinished()) {
      try {
        host(folders.open(folder));
      } catch (InvalidInputException | CampaignFailedException | UncheckedIOException e) {
        log(CampaignFolders.campaign(folder)).cannotGoOn(e);
      }
    }
    found.finished().forEach(this::remember);
  }

  private CampaignLog log(String campaign) {
    return new CampaignLog(campaign, getContext()::getLog);
  }

  private void remember(Path folder) {
    String campaign = CampaignFolders.campaign(folder);
    try {
      CampaignRecord record = folders.record(folder);
      hosted.put(campaign, new Hosted(record, log(campaign)));
      meters.count(campaign, record);
      surroundings.copying().ifPresent(copying -> copying.copyFinished(campaign, record));
    } catch (IOException | InvalidInputException e) {
      log(campaign).cannotBeShown(e);
    }
  }

  private void host(CampaignFolders.Opened opened) {
    String campaign = opened.campaign();
    ActorRef<Object> self = getContext().getSelf();
    CampaignRecord record =
        new CampaignRecord(
            opened.experiment(),
            opened.folder(),
            surroundings.io(),
            System::nanoTime,
            row -> self.tell(new Flown(campaign, row)));
    Hosted entry = new Hosted(record, log(campaign));
    hosted.put(campaign, entry);
    for (String line : opened.warnings()) {
      entry.log.warning(line);
      record.warning(line);
    }
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
    entry.attempts.begin(entry.record.finalRows());
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
      CampaignFolders.Opened opened = folders.create(submit, ending);
      host(opened);
      return new Campaigning.Accepted(opened.campaign());
    } catch (InvalidInputException | CampaignFailedException | UncheckedIOException e) {
      return new Campaigning.Refused(String.valueOf(e.getMessage()));
    }
  }

  private Behavior<Object> onRestore(Campaigning.Restore asked) {
    asked.replyTo().tell(restoring(asked));
    return this;
  }

  private Campaigning.SubmitReply restoring(Campaigning.Restore asked) {
    if (surroundings.copying().isEmpty()) {
      return new Campaigning.Refused(
          "the trainer's node was started without --object-store, which says how the store is"
              + " reached; start it again with it");
    }
    String key = asked.shards() + " " + asked.checkpoint() + " " + asked.url();
    return restorations.answer(key, () -> restore(key, asked)::doing);
  }

  private Restoration restore(String key, Campaigning.Restore asked) {
    CampaignCopying copying = surroundings.copying().orElseThrow();
    Restoration restoration =
        copying.restoration(
            new Restoration.Wanted(asked.url(), asked.checkpoint(), asked.shards()),
            folders.reader());
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
      if (CampaignFolders.finished(folder)) {
        remember(folder);
      } else {
        host(folders.open(folder));
      }
      return new Campaigning.Accepted(CampaignFolders.campaign(folder));
    } catch (InvalidInputException | CampaignFailedException | UncheckedIOException e) {
      return new Campaigning.Refused(String.valueOf(e.getMessage()));
    }
  }

  private Behavior<Object> onCancel(Campaigning.Cancel asked) {
    asked.replyTo().tell(cancelled(asked.campaign()));
    return this;
  }

  private Campaigning.SubmitReply cancelled(String campaign) {
    Hosted entry = hosted.get(campaign);
    if (entry == null) {
      return new Campaigning.Refused(answers.unknown(campaign));
    }
    if (!entry.record.phase().over() || entry.record.phase() == Phase.FAILED) {
      try {
        CampaignFolders.callOff(entry.record.path());
      } catch (IOException e) {
        return new Campaigning.Refused(String.valueOf(e.getMessage()));
      }
      entry.record.phase(Phase.CANCELLED, "called off");
      stop(campaign, entry);
      forgetIfOver(campaign, entry);
    }
    return new Campaigning.Accepted(campaign);
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
    asked.replyTo().tell(goingOn(asked.campaign()));
    return this;
  }

  private Campaigning.SubmitReply goingOn(String campaign) {
    Hosted entry = hosted.get(campaign);
    if (entry == null) {
      return new Campaigning.Refused(answers.unknown(campaign));
    }
    if (entry.record.phase() != Phase.FAILED) {
      return new Campaigning.Refused(campaign + " is " + entry.record.phase() + ", not failed");
    }
    entry.attempts.forgive();
    if (entry.attempt == null) {
      attempt(campaign, entry);
    } else {
      another(entry, ""); // Once the last one is gone.
    }
    return new Campaigning.Accepted(campaign);
  }

  private Behavior<Object> onRollBack(Campaigning.RollBack asked) {
    String campaign = asked.campaign();
    Hosted entry = hosted.get(campaign);
    if (entry == null) {
      asked.replyTo().tell(new Campaigning.Refused(answers.unknown(campaign)));
    } else if (entry.attempt == null || entry.record.phase() != Phase.RUNNING) {
      String reason = campaign + " is " + entry.record.phase() + ", not running";
      asked.replyTo().tell(new Campaigning.Refused(reason));
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

  private Behavior<Object> onDescribe(Campaigning.Describe asked) {
    try {
      answers.description(asked.campaign()).ifPresent(asked.replyTo()::tell);
    } catch (IOException e) {
      log(asked.campaign()).cannotBeDescribed(e);
    }
    return this;
  }

  private Behavior<Object> onGetPage(Campaigning.GetPage asked) {
    asked.replyTo().tell(answers.page(asked));
    return this;
  }

  private Behavior<Object> onReadFile(Campaigning.ReadFile asked) {
    asked.replyTo().tell(answers.piece(asked));
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
    looked.replyTo().tell(answers.standings(looked.seen()));
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
    if (entry != null) {
      entry.log.row(flown.row());
    }
    return this;
  }

  private Behavior<Object> onStarted(HostedCampaign.Started started) {
    Hosted entry = hosted.get(started.epoch().campaign());
    if (entry != null) {
      int rows = entry.record.finalRows();
      entry.log.flies(started.epoch().epoch(), rows + 1);
      entry.flying = started;
      entry.attempts.flies(rows);
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
      failed(entry, failed.reason(), ended.retry());
    }
    return this;
  }

  private void failed(Hosted entry, String reason, boolean retry) {
    if (retry && entry.attempts.another(entry.record.finalRows())) {
      another(entry, reason);
      entry.log.triedAgain(reason);
    } else {
      entry.record.phase(Phase.FAILED, reason);
      entry.log.failed(reason);
    }
    entry.record.warning(reason);
  }

  private static void another(Hosted entry, String reason) {
    entry.again = true;
    entry.record.phase(Phase.RETRYING, reason);
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
      failed(entry, "the campaign's actor broke; the trainer's log says why", true);
    }
    forgetIfOver(gone.campaign(), entry);
    if (entry.again) {
      timers.startSingleTimer(gone.campaign(), new Retry(gone.campaign()), entry.attempts.pause());
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
    Hosted entry = hosted.get(written.campaign());
    if (entry != null) {
      if (entry.record.phase() == Phase.FINISHED) {
        entry.log.finished();
      } else {
        entry.log.failed(entry.record.reason());
      }
      forgetIfOver(written.campaign(), entry);
    }
    return this;
  }

  private Behavior<Object> onStop() {
    hosted.values().forEach(entry -> entry.record.close());
    return this;
  }
}
