package org.planloop.campaign;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.planloop.cluster.SnapshotPublisher;
import org.planloop.diagnostics.DiagnosticsSettings.Alarm;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.JobOutcome;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;
import org.planloop.trainer.Trainer;

/**
 * Runs the loop: hands each effect of its {@link Loop} to whoever does it, and each answer back.
 * Decides nothing. Files are written on a thread of their own, in order.
 */
public final class Campaign extends AbstractBehavior<Object> {
  /**
   * What a campaign works with.
   *
   * @param epoch names this attempt of the campaign
   * @param repeatable whether a job that is flown again gives the same transitions
   * @param importExpert appends the recorded expert data to replay and returns its rows; may block
   * @param io runs file access, one task at a time and in order
   * @param nanoTime a monotonic clock
   * @param outcome is told once, at the end
   */
  public record Surroundings(
      CampaignPlan plan,
      CampaignEpoch epoch,
      boolean repeatable,
      ActorRef<? super Dispatching> dispatcher,
      ActorRef<? super SnapshotPublisher.Publish> publisher,
      ActorRef<? super Trainer.Command> trainer,
      CampaignStore store,
      Callable<ExpertRecording> importExpert,
      Executor io,
      LongSupplier nanoTime,
      CampaignObserver observer,
      ActorRef<? super CampaignOutcome> outcome) {}

  private static final int SUBMIT_PAGE = 500;

  /**
   * Have an earlier policy fly in the place of the next candidate. Answered by one {@link
   * RollBackAnswer}. Never leaves the node.
   */
  public record RollBack(int version, ActorRef<RollBackAnswer> replyTo)
      implements NoSerializationVerificationNeeded {}

  /**
   * The answer to {@link RollBack}.
   *
   * @param refusal why not; empty where it will be done
   */
  public record RollBackAnswer(String refusal) implements NoSerializationVerificationNeeded {}

  private record RollBackChecked(RollBack asked, boolean stored)
      implements NoSerializationVerificationNeeded {}

  private record Happened(Event event) implements NoSerializationVerificationNeeded {}

  private record Broken(String reason) implements NoSerializationVerificationNeeded {}

  private record Stored(CampaignOutcome.Finished finished)
      implements NoSerializationVerificationNeeded {}

  private record PolicyStored(PolicySnapshot snapshot)
      implements NoSerializationVerificationNeeded {}

  private enum Kept implements NoSerializationVerificationNeeded {
    NOW
  }

  private record RowStored(CampaignState state) implements NoSerializationVerificationNeeded {}

  private record ModelReady(Effect.FlyInModel flight, PolicySnapshot learner, ModelParameters model)
      implements NoSerializationVerificationNeeded {}

  private enum Begin implements NoSerializationVerificationNeeded {
    NOW
  }

  private final Surroundings surroundings;
  private final Loop loop;
  private final double wallBefore;
  private final long started;
  private Optional<ModelParameters> model;
  private Optional<PolicyDefinition> last;

  /** What an earlier attempt has flown since its last row. */
  private final Map<RolloutJob, JobResult> known = new HashMap<>();

  private final List<JobResult> arrivals = new ArrayList<>();
  private boolean keeping;
  private long envSteps;
  private int reported;

  /**
   * @param state {@link CampaignState#EMPTY}, or what to go on from
   * @param model T_i+1 where the campaign goes on
   * @param last pi_i+1 where the campaign goes on
   * @param arrived jobs that came in after the last row, as the store has kept them
   */
  public static Behavior<Object> create(
      Surroundings surroundings,
      CampaignState state,
      Optional<ModelParameters> model,
      Optional<PolicyDefinition> last,
      List<JobResult> arrived) {
    return Behaviors.setup(
        context -> new Campaign(context, surroundings, state, model, last, arrived));
  }

  private Campaign(
      ActorContext<Object> context,
      Surroundings surroundings,
      CampaignState state,
      Optional<ModelParameters> model,
      Optional<PolicyDefinition> last,
      List<JobResult> arrived) {
    super(context);
    this.surroundings = surroundings;
    this.loop = Loop.of(surroundings.plan(), state, arrived);
    arrived.forEach(result -> known.put(result.job(), result));
    this.wallBefore = state.wallSeconds();
    this.started = surroundings.nanoTime().getAsLong();
    this.model = model;
    this.last = last;
    this.envSteps = state.envSteps();
    this.reported = state.safety().audit().size();
    context.getSelf().tell(Begin.NOW);
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessageEquals(Begin.NOW, this::onBegin)
        .onMessage(JobOutcome.Finished.class, this::onJobFlown)
        .onMessage(
            JobOutcome.Abandoned.class,
            abandoned ->
                handle(new Event.JobAbandoned(abandoned.job().label(), abandoned.reason())))
        .onMessage(JobOutcome.Retired.class, retired -> handle(new Event.JobRetired(retired.job())))
        .onMessage(Trainer.Planned.class, this::onPlanned)
        .onMessage(Trainer.NoResult.class, this::onNoResult)
        .onMessage(ModelReady.class, ready -> onModelReady(ready))
        .onMessage(Trainer.FlownInModel.class, this::onFlownInModel)
        .onMessage(
            Trainer.Checked.class,
            checked ->
                handle(
                    new Event.Checked(
                        checked.version(),
                        checked.accepted(),
                        checked.checked(),
                        checked.reason(),
                        checked.metrics())))
        .onMessage(SnapshotPublisher.Published.class, published -> onPublished(published.version()))
        .onMessage(Happened.class, happened -> handle(happened.event()))
        .onMessage(PolicyStored.class, stored -> onPolicyStored(stored.snapshot()))
        .onMessageEquals(Kept.NOW, this::onKept)
        .onMessage(RollBack.class, this::onRollBack)
        .onMessage(RollBackChecked.class, this::onRollBackChecked)
        .onMessage(RowStored.class, stored -> onRowStored(stored.state()))
        .onMessage(Stored.class, stored -> end(stored.finished()))
        .onMessage(Broken.class, broken -> end(new CampaignOutcome.Failed(broken.reason())))
        .build();
  }

  private Behavior<Object> onBegin() {
    if (!surroundings.repeatable() && surroundings.epoch().epoch() > RolloutJob.EPOCHS) {
      return end(
          new CampaignOutcome.Failed(
              "a campaign in an environment that cannot be replayed goes on at most "
                  + RolloutJob.EPOCHS
                  + " times; start a new run"));
    }
    surroundings.plan().missingTerms().ifPresent(surroundings.observer()::warning);
    if (loop.state().iteration() > 0) {
      surroundings.observer().published(loop.state().iteration() + 1);
    }
    return perform(loop.start());
  }

  private Behavior<Object> onPublished(int version) {
    surroundings.observer().published(version);
    return handle(new Event.Published(version));
  }

  private Behavior<Object> onJobFlown(JobOutcome.Finished finished) {
    switch (finished.result().job().purpose()) {
      case COLLECT -> {
        envSteps += finished.result().steps();
        surroundings.observer().flown(finished.result().job().iteration(), envSteps);
      }
      default -> surroundings.observer().flown(loop.state().iteration() + 1, envSteps);
    }
    return handle(new Event.JobFlown(finished.result()));
  }

  private Behavior<Object> onPlanned(Trainer.Planned planned) {
    model = Optional.of(planned.model());
    planned
        .fitted()
        .ifPresent(fitted -> fitted.warnings().forEach(surroundings.observer()::warning));
    return handle(
        new Event.Fitted(
            planned.version(),
            planned.policy(),
            planned.fitted().map(fitted -> fitted.lossExpert()).orElse(OptionalDouble.empty()),
            planned.fitted().map(fitted -> fitted.lossLearner()).orElse(OptionalDouble.empty()),
            planned
                .fitted()
                .map(fitted -> OptionalDouble.of(fitted.mixExpert()))
                .orElse(OptionalDouble.empty()),
            planned.learnerDraws(),
            planned.seconds(),
            planned.fitted().map(fitted -> fitted.metrics()).orElse(Map.of()),
            planned.fitted().map(fitted -> fitted.warnings()).orElse(List.of())));
  }

  private Behavior<Object> onNoResult(Trainer.NoResult none) {
    Event failed =
        new Event.FitFailed(
            none.version(),
            none.reason(),
            none.failing() != Trainer.Failing.THE_FIT,
            none.seconds());
    if (none.failing() != Trainer.Failing.ROWS) {
      return handle(failed);
    }
    // They may be of a job that has come in since the last row; the next attempt flies it again.
    onIo(
        () -> {
          surroundings.store().forgetArrived();
          return new Happened(failed);
        });
    return this;
  }

  private Behavior<Object> onModelReady(ModelReady ready) {
    surroundings
        .trainer()
        .tell(
            new Trainer.FlyInModel(
                ready.flight().version(),
                ready.model(),
                ready.learner().definition(),
                ready.flight().expert(),
                ready.flight().episodes(),
                getContext().getSelf().narrow()));
    return this;
  }

  private Behavior<Object> onFlownInModel(Trainer.FlownInModel flown) {
    flown
        .failure()
        .ifPresent(
            reason ->
                surroundings
                    .observer()
                    .warning(
                        "policy " + flown.version() + " cannot be flown in its model: " + reason));
    return handle(new Event.ModelFlown(flown.version(), flown.learner(), flown.expert()));
  }

  private Behavior<Object> onRollBack(RollBack asked) {
    onIo(
        () -> new RollBackChecked(asked, surroundings.store().policy(asked.version()).isPresent()));
    return this;
  }

  private Behavior<Object> onRollBackChecked(RollBackChecked checked) {
    int version = checked.asked().version();
    boolean good = checked.stored() && version > 0;
    checked
        .asked()
        .replyTo()
        .tell(
            new RollBackAnswer(
                good
                    ? ""
                    : "policy "
                        + version
                        + " is not stored; there is one a folder in iterations/, as far as"
                        + " campaign.keep-iterations keeps them"));
    return good ? handle(new Event.RollBack(version)) : this;
  }

  private Behavior<Object> onPolicyStored(PolicySnapshot snapshot) {
    last = Optional.of(snapshot.definition());
    surroundings
        .publisher()
        .tell(new SnapshotPublisher.Publish(snapshot, getContext().getSelf().narrow()));
    return this;
  }

  private Behavior<Object> onRowStored(CampaignState state) {
    ProgressRow row = state.lastRow().orElseThrow();
    surroundings.observer().row(row);
    if (surroundings.plan().diagnostics().alarm() != Alarm.OFF) {
      row.diagnosis()
          .flatMap(Diagnosis::warning)
          .ifPresent(
              warning ->
                  surroundings.observer().warning("iteration " + row.iteration() + ": " + warning));
    }
    return handle(new Event.Checkpointed(state.iteration()));
  }

  private Behavior<Object> handle(Event event) {
    if (event instanceof Event.FitFailed failed) {
      surroundings
          .observer()
          .warning("the fit for policy " + failed.version() + " has no result: " + failed.reason());
    }
    return perform(loop.on(event, wallSeconds()));
  }

  private Behavior<Object> perform(List<Effect> effects) {
    List<AuditEntry> audit = loop.state().safety().audit();
    for (; reported < audit.size(); reported++) {
      surroundings.observer().decided(audit.get(reported));
    }
    for (Effect effect : effects) {
      if (effect instanceof Effect.Fail failed) {
        return end(new CampaignOutcome.Failed(failed.reason()));
      }
      perform(effect);
    }
    return this;
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Fly fly) {
      fly(fly.jobs());
    } else if (effect instanceof Effect.Keep keep) {
      if (!known.containsKey(keep.result().job())) {
        arrivals.add(keep.result());
        keepArrivals();
      }
    } else if (effect instanceof Effect.Retire retire) {
      surroundings
          .dispatcher()
          .tell(new Dispatching.Retire(surroundings.epoch(), retire.oldestVersion()));
    } else if (effect instanceof Effect.ImportExpert) {
      onIo(this::importExpert);
    } else if (effect instanceof Effect.PlanInitialModel) {
      surroundings.trainer().tell(new Trainer.PlanInitialModel(getContext().getSelf().narrow()));
    } else if (effect instanceof Effect.Fit fit) {
      surroundings.trainer().tell(ordered(fit));
    } else if (effect instanceof Effect.Preflight check) {
      surroundings.trainer().tell(new Trainer.Preflight(check.candidate(), ordered(check.rows())));
    } else if (effect instanceof Effect.Warn warning) {
      surroundings.observer().warning(warning.message());
    } else if (effect instanceof Effect.FlyInModel flight) {
      flyInModel(flight);
    } else if (effect instanceof Effect.Publish publish) {
      PolicySnapshot snapshot = new PolicySnapshot(publish.version(), publish.definition());
      onIo(() -> store(snapshot));
    } else if (effect instanceof Effect.Republish again) {
      onIo(() -> store(new PolicySnapshot(again.version(), stored(again.from()).definition())));
    } else if (effect instanceof Effect.Checkpoint checkpoint) {
      Optional<ModelParameters> incumbent = model;
      arrivals.clear(); // The state has them.
      known.clear();
      onIo(() -> checkpoint(checkpoint.state(), incumbent));
    } else if (effect instanceof Effect.Finish finish) {
      double wallSeconds = wallSeconds();
      onIo(() -> finish(finish, wallSeconds));
    }
  }

  private Trainer.Fit ordered(Effect.Fit fit) {
    return new Trainer.Fit(
        fit.version(),
        fit.throughIteration(),
        fit.jobs(),
        fit.expertFraction(),
        fit.learnerRows(),
        fit.expertRows(),
        fit.caution(),
        last,
        getContext().getSelf().narrow());
  }

  /** One task at a time, with all that has come in meanwhile. */
  private void keepArrivals() {
    if (!keeping && !arrivals.isEmpty()) {
      List<JobResult> batch = List.copyOf(arrivals);
      arrivals.clear();
      keeping = true;
      onIo(
          () -> {
            surroundings.store().arrived(batch);
            return Kept.NOW;
          });
    }
  }

  private Behavior<Object> onKept() {
    keeping = false;
    keepArrivals();
    return this;
  }

  /** In T_version, which is the newest model there is until the next fit ends. */
  private void flyInModel(Effect.FlyInModel flight) {
    if (model.isEmpty()) {
      getContext()
          .getSelf()
          .tell(new Happened(new Event.ModelFlown(flight.version(), List.of(), List.of())));
      return;
    }
    ModelParameters newest = model.get();
    onIo(() -> new ModelReady(flight, stored(flight.version()), newest));
  }

  /** What an earlier attempt has flown comes in at once, as it came in then. */
  private void fly(List<RolloutJob> jobs) {
    List<RolloutJob> unknown = new ArrayList<>();
    for (RolloutJob job : jobs) {
      JobResult result = known.get(job);
      if (result == null) {
        unknown.add(job);
      } else {
        getContext().getSelf().tell(new JobOutcome.Finished(result));
      }
    }
    submit(unknown);
  }

  /** In pages, so that a message stays below the frame's size. */
  private void submit(List<RolloutJob> jobs) {
    for (int from = 0; from < jobs.size(); from += SUBMIT_PAGE) {
      surroundings
          .dispatcher()
          .tell(
              new Dispatching.Submit(
                  surroundings.epoch(),
                  jobs.subList(from, Math.min(jobs.size(), from + SUBMIT_PAGE)),
                  surroundings.repeatable(),
                  getContext().getSelf().narrow()));
    }
  }

  private Object importExpert() throws Exception {
    ExpertRecording recording = surroundings.importExpert().call();
    return new Happened(new Event.ExpertImported(recording.rows().size(), recording.returns()));
  }

  private Object store(PolicySnapshot snapshot) throws IOException {
    surroundings.store().policy(snapshot);
    return new PolicyStored(snapshot);
  }

  private PolicySnapshot stored(int version) {
    return surroundings
        .store()
        .policy(version)
        .orElseThrow(
            () -> new IllegalStateException("policy " + version + " is not in the run folder"));
  }

  private Object checkpoint(CampaignState state, Optional<ModelParameters> incumbent)
      throws IOException {
    surroundings.store().row(state, incumbent);
    return new RowStored(state);
  }

  private Object finish(Effect.Finish finish, double wallSeconds) throws IOException {
    surroundings.store().finished(finish.state(), finish.selection());
    return new Stored(
        new CampaignOutcome.Finished(finish.state(), finish.selection(), wallSeconds));
  }

  private interface IoTask {
    Object run() throws Exception;
  }

  /** Runs a task and hands its answer, or that it failed, back to this actor. */
  private void onIo(IoTask task) {
    CompletableFuture<Object> done = new CompletableFuture<>();
    surroundings
        .io()
        .execute(
            () -> {
              try {
                done.complete(task.run());
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            });
    getContext()
        .pipeToSelf(
            done, (answer, failure) -> failure == null ? answer : new Broken(reason(failure)));
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String message = cause.getMessage();
    return message == null ? cause.toString() : message;
  }

  private Behavior<Object> end(CampaignOutcome outcome) {
    surroundings.outcome().tell(outcome);
    return Behaviors.stopped();
  }

  private double wallSeconds() {
    return wallBefore + (surroundings.nanoTime().getAsLong() - started) * 1e-9;
  }
}
