package org.planloop.trainer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.planloop.data.JobKey;
import org.planloop.data.JobRanges;
import org.planloop.data.Provenance;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.diagnostics.Caution;
import org.planloop.diagnostics.ModelReturns;
import org.planloop.dynamics.ModelParameters;
import org.planloop.fitting.FitException;
import org.planloop.fitting.Fitted;
import org.planloop.fitting.Fitter;
import org.planloop.fitting.SideBlocks;
import org.planloop.planning.PlanningException;
import org.planloop.policy.Improvement;
import org.planloop.policy.PolicyDefinition;
import org.planloop.preflight.PreflightCheck;
import org.planloop.preflight.Verdict;
import org.planloop.protocol.RolloutJob;
import org.planloop.replay.ReplayUnavailableException;
import org.planloop.replay.ReplayView;

/**
 * Fits T_i+1 to the replay's rows and plans pi_i+1 in it, on a thread of its own, one fit at a
 * time. Lives beside the campaign, so its messages never cross the wire. A fit is a pure function
 * of rows, seed and previous model: asked for again it gives the same model to the bit.
 */
public final class Trainer extends AbstractBehavior<Trainer.Command> {
  /** What the trainer understands. */
  public sealed interface Command extends NoSerializationVerificationNeeded {}

  /**
   * Fit and plan. Answered by one {@link Result}.
   *
   * @param version of the policy that comes out
   * @param throughIteration rows of later iterations are not looked at
   * @param jobs of which learner's jobs the rows are looked at, and no others; empty for all
   * @param expertFraction weight of the expert's side
   * @param learnerRows rows that the view must have, unless a capacity evicts some
   * @param expertRows likewise
   * @param caution how much less than usual the planner trusts the model
   * @param last the policy that flew last, which a lazy planner improves; empty before the first
   */
  public record Fit(
      int version,
      int throughIteration,
      Optional<JobRanges> jobs,
      double expertFraction,
      long learnerRows,
      long expertRows,
      Caution caution,
      Optional<PolicyDefinition> last,
      ActorRef<Result> replyTo)
      implements Command {

    /** The expert's own data always belong to a fit, the rows of a rescuer with their job. */
    private boolean looksAt(JobKey key) {
      boolean expertsOwn = key.provenance() == Provenance.EXPERT && key.iteration() == 0;
      return expertsOwn
          || jobs.isEmpty()
          || jobs.get().contains(key.iteration(), RolloutJob.indexOf(key));
    }
  }

  /**
   * Plan policy 1 in the stated initial model, which becomes the incumbent. Answered by one {@link
   * Result}.
   */
  public record PlanInitialModel(ActorRef<Result> replyTo) implements Command {}

  /**
   * Fly a candidate where nothing can break. Answered by one {@link Checked}, also where the flight
   * itself fails: what cannot be checked is refused.
   *
   * @param rows says the candidate's version, which rows a bootstrap draws from, and who is
   *     answered
   */
  public record Preflight(PolicyDefinition candidate, Fit rows) implements Command {}

  /**
   * Fly the diagnosis' episodes in a model. Answered by one {@link FlownInModel}.
   *
   * @param version of the learner's policy
   * @param model that it was planned in
   * @param learner the policy
   * @param expert whether the expert flies as well
   * @param episodes by each of them
   */
  public record FlyInModel(
      int version,
      ModelParameters model,
      PolicyDefinition learner,
      boolean expert,
      int episodes,
      ActorRef<FlownInModel> replyTo)
      implements Command {}

  /**
   * What they returned.
   *
   * @param learner by episode, NaN where the model diverges; empty on failure
   * @param expert likewise; empty if nobody asked
   * @param failure why nobody could fly
   */
  public record FlownInModel(
      int version, List<Double> learner, List<Double> expert, Optional<String> failure)
      implements NoSerializationVerificationNeeded {}

  private record Landed(FlownInModel flown, ActorRef<FlownInModel> replyTo) implements Command {}

  /**
   * @param expertFraction that a fit was asked for; empty where nothing was fitted
   */
  private record Ended(Result result, OptionalDouble expertFraction, ActorRef<Result> replyTo)
      implements Command {}

  /** The answer. */
  public sealed interface Result extends NoSerializationVerificationNeeded {}

  /**
   * A model and the policy planned in it.
   *
   * @param fitted empty for the stated initial model
   * @param learnerDraws rows of the learner that the fit has drawn
   * @param seconds time of fit and planning
   */
  public record Planned(
      int version,
      ModelParameters model,
      PolicyDefinition policy,
      Optional<Fitted> fitted,
      long learnerDraws,
      double seconds)
      implements Result {}

  /** Neither model nor policy: the fit diverges, or no policy can be planned. */
  public record NoResult(int version, String reason, Failing failing, double seconds)
      implements Result {}

  /** What a {@link NoResult} lies at. */
  public enum Failing {
    /** The fit or the planning; with more data it may go better. */
    THE_FIT,
    /** The rows are out of reach. */
    REPLAY,
    /** Rows that replay had confirmed are gone. */
    ROWS
  }

  /** Which rows a view holds, beside those that were confirmed. */
  public enum Rows {
    /** Just those. */
    CONFIRMED,
    /** More, where an attempt at a job that cannot be repeated came to nothing. */
    FLOWN,
    /** Perhaps not even those, since a capacity evicts. */
    NEWEST
  }

  /** How a pre-flight check ended. */
  public record Checked(
      int version, boolean accepted, boolean checked, String reason, Map<String, Double> metrics)
      implements Result {}

  /** Opens views; may block. */
  @FunctionalInterface
  public interface Views {
    /** The rows of the jobs up to an iteration that {@code jobs} holds. */
    ReplayView open(int throughIteration, Predicate<JobKey> jobs);
  }

  /** Plans a policy in a model. */
  @FunctionalInterface
  public interface Synthesis {
    /**
     * @param caution how much less than usual the planner trusts the model
     * @param improvement where a lazy planner starts from; empty for the first policy
     */
    PolicyDefinition plan(
        ModelParameters model, Caution caution, Optional<Improvement> improvement);
  }

  /**
   * What a trainer works with.
   *
   * @param campaign tells its meters from another campaign's
   * @param views opens the rows of a fit
   * @param rows what the views hold
   * @param synthesis plans policies
   * @param initialModel the stated T_1; asked for only if the campaign starts from it
   * @param preflight checks candidates; empty where nobody asks for it
   * @param returns flies policies in a model
   * @param fitting runs fits and flights in models: blocking, never an actor's dispatcher
   * @param nanoTime a monotonic clock, for timings only
   */
  public record Surroundings(
      String campaign,
      long seed,
      Fitter fitter,
      Views views,
      Rows rows,
      Synthesis synthesis,
      java.util.function.Supplier<ModelParameters> initialModel,
      Optional<PreflightCheck> preflight,
      ModelReturns returns,
      Executor fitting,
      LongSupplier nanoTime,
      MeterRegistry registry) {}

  private final Surroundings surroundings;
  private final TrainerMetrics metrics;
  private Optional<ModelParameters> previous;

  /**
   * @param previous the model of the last checkpoint
   */
  public static Behavior<Command> create(
      Surroundings surroundings, Optional<ModelParameters> previous) {
    return Behaviors.setup(context -> new Trainer(context, surroundings, previous));
  }

  private Trainer(
      ActorContext<Command> context,
      Surroundings surroundings,
      Optional<ModelParameters> previous) {
    super(context);
    this.surroundings = surroundings;
    this.metrics = new TrainerMetrics(surroundings.registry(), surroundings.campaign());
    this.previous = previous;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Fit.class, this::onFit)
        .onMessage(PlanInitialModel.class, this::onPlanInitialModel)
        .onMessage(Preflight.class, this::onPreflight)
        .onMessage(FlyInModel.class, this::onFlyInModel)
        .onMessage(
            Landed.class,
            landed -> {
              landed.replyTo().tell(landed.flown());
              return this;
            })
        .onMessage(Ended.class, this::onEnded)
        .build();
  }

  private Behavior<Command> onFit(Fit fit) {
    Optional<ModelParameters> incumbent = previous;
    run(
        fit.version(),
        OptionalDouble.of(fit.expertFraction()),
        fit.replyTo(),
        start -> fit(fit, incumbent, start));
    return this;
  }

  private Planned fit(Fit fit, Optional<ModelParameters> incumbent, long start) {
    RandomStream random =
        RandomStream.of(surroundings.seed(), Purpose.FIT, fit.version(), 0, "fit");
    ReplayView view = view(fit);
    requireRows(view, Provenance.LEARNER, fit.learnerRows());
    requireRows(view, Provenance.EXPERT, fit.expertRows());
    Fitted fitted = surroundings.fitter().fit(view, fit.expertFraction(), incumbent, random);
    PolicyDefinition planned =
        surroundings
            .synthesis()
            .plan(
                fitted.model(),
                fit.caution(),
                fit.last().map(policy -> new Improvement(policy, () -> expertStates(view))));
    return new Planned(
        fit.version(),
        fitted.model(),
        planned,
        Optional.of(fitted),
        fitted.learnerDraws().orElse(fit.expertFraction() < 1 ? view.size(Provenance.LEARNER) : 0),
        seconds(start));
  }

  private ReplayView view(Fit fit) {
    return surroundings.views().open(fit.throughIteration(), fit::looksAt);
  }

  private static float[] expertStates(ReplayView view) {
    int width = view.stateSize();
    float[] states = new float[view.size(Provenance.EXPERT) * width];
    int[] at = {0};
    SideBlocks.forEach(
        view,
        Provenance.EXPERT,
        block -> {
          System.arraycopy(block.states(), 0, states, at[0], block.size() * width);
          at[0] += block.size() * width;
        });
    return states;
  }

  private void requireRows(ReplayView view, Provenance side, long confirmed) {
    boolean there =
        switch (surroundings.rows()) {
          case CONFIRMED -> view.size(side) == confirmed;
          case FLOWN -> view.size(side) >= confirmed;
          case NEWEST -> true;
        };
    if (!there) {
      throw new RowsLostException(
          "replay has "
              + view.size(side)
              + " rows of the "
              + side.name().toLowerCase(Locale.ROOT)
              + ", and "
              + confirmed
              + " were confirmed: its files were damaged or exchanged (quarantined parts lie beside"
              + " them); resume the run to fly again what was lost of the iteration under way, and"
              + " for older rows put the files back or start a new run");
    }
  }

  private static final class RowsLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RowsLostException(String message) {
      super(message);
    }
  }

  private NoResult noResult(int version, Throwable failure, long start) {
    Throwable cause = cause(failure);
    return new NoResult(version, reason(cause), failing(cause), seconds(start));
  }

  /**
   * Whether the rows could not be had. That says nothing about model or policy: going on without
   * them would give another result than a run in which replay was there.
   */
  private static Failing failing(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RowsLostException) {
        return Failing.ROWS;
      } else if (cause instanceof ReplayUnavailableException) {
        return Failing.REPLAY;
      }
    }
    return Failing.THE_FIT;
  }

  private Behavior<Command> onPlanInitialModel(PlanInitialModel plan) {
    run(
        1,
        OptionalDouble.empty(),
        plan.replyTo(),
        start -> {
          ModelParameters model = surroundings.initialModel().get();
          return new Planned(
              1,
              model,
              surroundings.synthesis().plan(model, Caution.NONE, Optional.empty()),
              Optional.empty(),
              0,
              seconds(start));
        });
    return this;
  }

  private Behavior<Command> onPreflight(Preflight asked) {
    PreflightCheck check = surroundings.preflight().orElseThrow();
    Fit rows = asked.rows();
    Optional<ModelParameters> incumbent = previous;
    long start = surroundings.nanoTime().getAsLong();
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(
                () ->
                    check.fly(
                        rows.version(),
                        asked.candidate(),
                        incumbent,
                        view(rows),
                        rows.expertFraction()),
                surroundings.fitting()),
            (verdict, failure) ->
                new Ended(
                    failure != null && failing(failure) != Failing.THE_FIT
                        ? noResult(rows.version(), failure, start)
                        : checked(rows, verdict, failure),
                    OptionalDouble.empty(),
                    rows.replyTo()));
    return this;
  }

  private static Checked checked(Fit rows, @Nullable Verdict verdict, @Nullable Throwable failure) {
    if (verdict == null) {
      return new Checked(
          rows.version(),
          false,
          true,
          "the check could not be flown: " + cause(requireNonNull(failure)),
          Map.of());
    }
    return new Checked(
        rows.version(), verdict.accepted(), verdict.checked(), verdict.reason(), verdict.metrics());
  }

  private Behavior<Command> onFlyInModel(FlyInModel flight) {
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(() -> fly(flight), surroundings.fitting()),
            (flown, failure) ->
                new Landed(flown == null ? notFlown(flight, failure) : flown, flight.replyTo()));
    return this;
  }

  private static FlownInModel notFlown(FlyInModel flight, Throwable failure) {
    return new FlownInModel(
        flight.version(), List.of(), List.of(), Optional.of(reason(cause(failure))));
  }

  private FlownInModel fly(FlyInModel flight) {
    ModelReturns returns = surroundings.returns();
    return new FlownInModel(
        flight.version(),
        returns.fly(flight.learner(), flight.model(), flight.episodes()),
        flight.expert() ? returns.flyExpert(flight.model(), flight.episodes()) : List.of(),
        Optional.empty());
  }

  private void run(
      int version,
      OptionalDouble expertFraction,
      ActorRef<Result> replyTo,
      Function<Long, Planned> work) {
    metrics.begun();
    long start = surroundings.nanoTime().getAsLong();
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(() -> work.apply(start), surroundings.fitting()),
            (planned, failure) ->
                new Ended(
                    planned == null ? noResult(version, failure, start) : planned,
                    expertFraction,
                    replyTo));
  }

  private Behavior<Command> onEnded(Ended ended) {
    if (ended.result() instanceof Planned planned) {
      previous = Optional.of(planned.model());
      metrics.planned(planned.version(), planned.seconds());
      planned
          .fitted()
          .ifPresent(
              fitted ->
                  ended
                      .expertFraction()
                      .ifPresent(asked -> metrics.mixed(fitted.mixExpert(), asked)));
    } else if (ended.result() instanceof NoResult none) {
      metrics.failed();
      getContext().getLog().error("no policy {}: {}", none.version(), none.reason());
    }
    ended.replyTo().tell(ended.result());
    return this;
  }

  private double seconds(long start) {
    return (surroundings.nanoTime().getAsLong() - start) * 1e-9;
  }

  /** What a future failed with, without its wrapping. */
  private static Throwable cause(Throwable failure) {
    return failure.getCause() == null ? failure : failure.getCause();
  }

  /** Expected failures speak for themselves; anything else names its class. */
  private static String reason(Throwable failure) {
    boolean expected =
        failure instanceof FitException
            || failure instanceof PlanningException
            || failure instanceof RowsLostException
            || failure instanceof ReplayUnavailableException;
    String message = failure.getMessage();
    return expected && message != null ? message : failure.toString();
  }
}
