package org.planloop.campaign;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import org.planloop.policy.ExpertSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/** Does what a loop asks for, at once and in any order, with made-up flights. */
final class LoopDriver {
  /** How an episode of a job goes: policy version and index decide. */
  interface Flight {
    EpisodeResult fly(RolloutJob job, int episode);
  }

  /** Learner rows that every fit draws. */
  static final long DRAWS = 100;

  final List<RolloutJob> jobs = new ArrayList<>();
  final List<Effect.Fit> fits = new ArrayList<>();
  final List<CampaignState> checkpoints = new ArrayList<>();
  final List<Integer> published = new ArrayList<>();
  final List<Integer> rolledBackTo = new ArrayList<>();
  final List<PolicyDefinition> policies = new ArrayList<>();
  final List<Effect.Preflight> checks = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  final List<String> failures = new ArrayList<>();
  final List<Effect.FlyInModel> modelFlights = new ArrayList<>();

  /** What the model promises beyond the real return of {@link #whole}, by version. */
  IntToDoubleFunction promise = version -> 0;

  Effect.Finish finish =
      new Effect.Finish(
          CampaignState.EMPTY,
          new Selection(0, SelectedBy.COLLECTION, ReturnEstimate.NONE, List.of()));
  private final Deque<Event> events = new ArrayDeque<>();
  private final Loop loop;
  private final Flight flight;
  private final Function<Integer, Event> fit;
  private Function<Integer, Event> check =
      version -> new Event.Checked(version, true, true, "fine", Map.of());
  private double wall;
  private int rollBackAfter;
  private int rollBackTo;

  LoopDriver(CampaignPlan plan, CampaignState state, Flight flight, Function<Integer, Event> fit) {
    this.loop = Loop.of(plan, state, List.of());
    this.flight = flight;
    this.fit = fit;
  }

  /** Somebody asks for an earlier policy as soon as another is published. */
  LoopDriver rollingBack(int after, int to) {
    rollBackAfter = after;
    rollBackTo = to;
    return this;
  }

  /** With a pre-flight check that cannot check the first policy. */
  LoopDriver uncheckedFirst() {
    Function<Integer, Event> others = check;
    check =
        version ->
            version == 1
                ? new Event.Checked(1, true, false, "no model yet", Map.of())
                : others.apply(version);
    return this;
  }

  /** With a pre-flight check that refuses some versions. */
  LoopDriver refusing(java.util.function.IntPredicate refused) {
    check =
        version ->
            new Event.Checked(
                version,
                !refused.test(version),
                true,
                "crashes: " + refused.test(version),
                Map.of("preflight/refused", refused.test(version) ? 1.0 : 0.0));
    return this;
  }

  /** Runs to the end, or through {@code rows} checkpoints. */
  LoopDriver run(int rows, RandomGenerator order) {
    perform(loop.start(), order);
    while (!events.isEmpty() && checkpoints.size() < rows) {
      wall += 1;
      perform(loop.on(events.pollFirst(), wall), order);
    }
    return this;
  }

  private void perform(List<Effect> effects, RandomGenerator order) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Fly fly) {
        List<RolloutJob> shuffled = new ArrayList<>(fly.jobs());
        for (int i = shuffled.size() - 1; i > 0; i--) {
          java.util.Collections.swap(shuffled, i, order.nextInt(i + 1));
        }
        jobs.addAll(fly.jobs());
        shuffled.forEach(job -> events.addLast(new Event.JobFlown(flown(job))));
      } else if (effect instanceof Effect.ImportExpert) {
        events.addLast(new Event.ExpertImported(10, List.of(5.0)));
      } else if (effect instanceof Effect.PlanInitialModel) {
        events.addLast(fitted(1));
      } else if (effect instanceof Effect.Fit asked) {
        fits.add(asked);
        events.addLast(fit.apply(asked.version()));
      } else if (effect instanceof Effect.Preflight asked) {
        checks.add(asked);
        events.addLast(check.apply(asked.rows().version()));
      } else if (effect instanceof Effect.Warn warning) {
        warnings.add(warning.message());
      } else if (effect instanceof Effect.FlyInModel flight) {
        modelFlights.add(flight);
        events.addLast(inModel(flight));
      } else if (effect instanceof Effect.Publish publish) {
        policies.add(publish.definition());
        published.add(publish.version());
        if (publish.version() == rollBackAfter) {
          events.addLast(new Event.RollBack(rollBackTo));
        }
        events.addLast(new Event.Published(publish.version()));
      } else if (effect instanceof Effect.Republish again) {
        published.add(-again.version());
        if (again.from() != again.version() - 1) {
          rolledBackTo.add(again.from());
        }
        events.addLast(new Event.Published(again.version()));
      } else if (effect instanceof Effect.Checkpoint checkpoint) {
        checkpoints.add(checkpoint.state());
        events.addLast(new Event.Checkpointed(checkpoint.state().iteration()));
      } else if (effect instanceof Effect.Finish done) {
        finish = done;
      } else if (effect instanceof Effect.Fail failed) {
        failures.add(failed.reason());
        events.clear();
      }
    }
  }

  /** The learner gets what is promised and the expert 100, with a ripple over episodes. */
  private Event.ModelFlown inModel(Effect.FlyInModel flight) {
    List<Double> learner = new ArrayList<>();
    List<Double> expert = new ArrayList<>();
    for (int episode = 0; episode < flight.episodes(); episode++) {
      learner.add(
          flight.version() + promise.applyAsDouble(flight.version()) + 0.25 * (episode % 2));
      expert.add(100 + 0.5 * (episode % 2));
    }
    return new Event.ModelFlown(flight.version(), learner, flight.expert() ? expert : List.of());
  }

  LoopDriver promising(IntToDoubleFunction excess) {
    promise = excess;
    return this;
  }

  private JobResult flown(RolloutJob job) {
    List<EpisodeResult> episodes = new ArrayList<>();
    for (int i = 0; i < job.episodes(); i++) {
      episodes.add(flight.fly(job, job.firstEpisode() + i));
    }
    int rows = job.stored() ? episodes.stream().mapToInt(EpisodeResult::steps).sum() : 0;
    return new JobResult(
        job, episodes, job.keepRows() > 0 ? Math.min(rows, job.keepRows()) : rows, 0.5, 0.25);
  }

  static Event.Fitted fitted(int version) {
    return new Event.Fitted(
        version,
        new PolicyDefinition.RandomActions(),
        OptionalDouble.of(0.1),
        OptionalDouble.of(0.2),
        OptionalDouble.of(0.5),
        DRAWS,
        2,
        Map.of(),
        List.of());
  }

  /** Whole episodes of {@code steps} steps that return the policy's version. */
  static Flight whole(int steps) {
    return (job, episode) ->
        new EpisodeResult(
            episode,
            job.policyVersion(),
            job.maxSteps() > 0 ? Math.min(steps, job.maxSteps()) : steps,
            job.maxSteps() > 0 && job.maxSteps() <= steps ? End.CUT : End.TRUNCATED,
            "",
            0);
  }

  static final ExpertSettings EXPERT =
      new ExpertSettings("lqr", 1, false, 0, "", 0, new HashMap<>());

  static final ExpertSettings NO_EXPERT =
      new ExpertSettings("none", 0, false, 0, "", 0, new HashMap<>());
}
