package org.planloop.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.planloop.data.JobRanges;
import org.planloop.data.Purpose;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/**
 * A little world around an asynchronous loop in which anything that can happen next may happen
 * next: a worker takes a job, lands, is lost; the trainer ends its fit; a policy is published; a
 * row is on disk; everything is killed and goes on from the last row. Keeps its own books and holds
 * the loop's against them at every step.
 */
final class AsynchronousDriver {
  static final int WORKERS = 3;
  private static final int EVENTS = 200_000;

  final List<Effect.Fit> fits = new ArrayList<>();
  final List<String> failures = new ArrayList<>();
  final List<CampaignState> checkpoints = new ArrayList<>();
  int kills;
  int lost;
  int retired;
  int mostAhead;
  Effect.Finish finish =
      new Effect.Finish(
          CampaignState.EMPTY,
          new Selection(0, SelectedBy.COLLECTION, ReturnEstimate.NONE, List.of()));

  private final CampaignPlan plan;
  private final RandomGenerator random;
  private final Map<String, RolloutJob> named = new HashMap<>();
  private final Map<String, JobResult> flownOnce = new HashMap<>();

  // What is on disk.
  private CampaignState onDisk = CampaignState.EMPTY;
  private final List<JobResult> kept = new ArrayList<>();
  private final Set<String> promised = new HashSet<>();

  // What a kill takes.
  private boolean slow;
  private @Nullable RolloutJob neverBack;
  private Loop loop;
  private final Deque<RolloutJob> waiting = new ArrayDeque<>();
  private final List<RolloutJob> flying = new ArrayList<>();
  private final List<Supplier<Event>> answers = new ArrayList<>();
  private final Set<String> counted = new HashSet<>();
  private final Deque<Event> replies = new ArrayDeque<>();
  private int oldest;
  private int newest;
  private double drawn;
  private double lastDraw;
  private double fitted;
  private double wall;

  AsynchronousDriver(CampaignPlan plan, RandomGenerator random) {
    this.plan = plan;
    this.random = random;
    this.loop = Loop.of(plan, CampaignState.EMPTY, List.of());
  }

  /**
   * With a worker that never comes back from its first job under pi_2; an idle one repeats the job
   * unless it is too old.
   */
  AsynchronousDriver slow() {
    slow = true;
    return this;
  }

  /** Runs to the end; killed as often as {@code kills} says, at random. */
  AsynchronousDriver run(int kills) {
    perform(loop.start());
    for (int event = 0; event < EVENTS && finish.state().rows().isEmpty(); event++) {
      if (!failures.isEmpty()) {
        return this;
      }
      if (this.kills < kills && random.nextInt(8) == 0) {
        kill();
      } else {
        assertThat(step()).as("something can happen, or the campaign is stuck").isTrue();
      }
    }
    return this;
  }

  private boolean step() {
    List<Runnable> possible = new ArrayList<>();
    if (!replies.isEmpty()) {
      possible.add(() -> on(replies.pollFirst()));
    }
    if (!waiting.isEmpty() && flying.size() < WORKERS) {
      possible.add(this::handOut);
    }
    for (RolloutJob job : flying) {
      if (!job.equals(neverBack)) {
        possible.add(() -> land(job));
      }
    }
    if (!slow && !flying.isEmpty() && random.nextInt(10) == 0) {
      possible.add(() -> lose(flying.get(random.nextInt(flying.size()))));
    }
    for (Supplier<Event> answer : List.copyOf(answers)) {
      possible.add(
          () -> {
            answers.remove(answer);
            on(answer.get());
          });
    }
    RolloutJob repeated = neverBack;
    if (possible.isEmpty() && repeated != null && flying.contains(repeated) && !tooOld(repeated)) {
      possible.add(() -> land(repeated));
    }
    if (possible.isEmpty()) {
      return false;
    }
    possible.get(random.nextInt(possible.size())).run();
    return true;
  }

  private void on(Event event) {
    wall += 1;
    perform(loop.on(event, wall));
  }

  private void handOut() {
    RolloutJob job = waiting.pollFirst();
    if (job.purpose() == Purpose.COLLECT && finish.state().rows().isEmpty()) {
      assertThat(newest - job.policyVersion())
          .as("staleness of %s when it is handed out", job.label())
          .isLessThanOrEqualTo(plan.campaign().maxStaleness());
    }
    if (slow && neverBack == null && job.purpose() == Purpose.COLLECT && job.policyVersion() == 2) {
      neverBack = job;
    }
    flying.add(job);
  }

  /** Whether the job of the worker that never comes back has become too old in the air. */
  boolean leftBehind() {
    return neverBack != null && flying.contains(neverBack);
  }

  private void land(RolloutJob job) {
    flying.remove(job);
    JobResult result = flownOnce.computeIfAbsent(name(job), name -> flown(job));
    if (job.purpose() == Purpose.COLLECT) {
      counted.add(name(job));
    }
    on(new Event.JobFlown(result));
  }

  /** Its worker is gone: the job is next, unless it has become too old. */
  private void lose(RolloutJob job) {
    lost++;
    flying.remove(job);
    if (tooOld(job)) {
      retire(job);
    } else {
      waiting.addFirst(job);
    }
  }

  private boolean tooOld(RolloutJob job) {
    return job.purpose() == Purpose.COLLECT && job.policyVersion() < oldest;
  }

  private void retire(RolloutJob job) {
    retired++;
    replies.addLast(new Event.JobRetired(job));
  }

  private void kill() {
    kills++;
    waiting.clear();
    flying.clear();
    answers.clear();
    replies.clear();
    oldest = 0;
    newest = 0;
    counted.clear();
    drawn = onDisk.asynchronous().map(AsynchronousState::drawn).orElse(0.0);
    lastDraw = onDisk.asynchronous().map(AsynchronousState::lastDraw).orElse(0.0);
    fitted = lastDraw;
    onDisk.asynchronous().ifPresent(state -> counted.addAll(names(state.counted())));
    kept.forEach(result -> counted.add(name(result.job())));
    loop = Loop.of(plan, onDisk, List.copyOf(kept));
    perform(loop.start());
  }

  private void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Fly fly) {
        fly.jobs().forEach(this::submitted);
      } else if (effect instanceof Effect.Keep keep) {
        if (keep.result().job().purpose() == Purpose.COLLECT) {
          kept.add(keep.result());
          promised.add(name(keep.result().job()));
        }
      } else if (effect instanceof Effect.Retire retire) {
        oldest = retire.oldestVersion();
        List<RolloutJob> old = waiting.stream().filter(this::tooOld).toList();
        waiting.removeAll(old);
        old.forEach(this::retire);
      } else if (effect instanceof Effect.Fit fit) {
        asked(fit);
      } else if (effect instanceof Effect.Publish publish) {
        answers.add(() -> new Event.Published(publish.version()));
      } else if (effect instanceof Effect.Republish again) {
        answers.add(() -> new Event.Published(again.version()));
      } else if (effect instanceof Effect.Checkpoint checkpoint) {
        lastDraw = fitted;
        int before = kept.size();
        answers.add(() -> written(checkpoint.state(), before));
      } else if (effect instanceof Effect.Finish done) {
        finish = done;
      } else if (effect instanceof Effect.Fail failed) {
        failures.add(failed.reason());
      }
    }
    long ahead =
        waiting.stream().filter(job -> job.purpose() == Purpose.COLLECT).count()
            + flying.stream().filter(job -> job.purpose() == Purpose.COLLECT).count();
    mostAhead = Math.max(mostAhead, (int) ahead);
    assertThat(ahead).isLessThanOrEqualTo(plan.campaign().jobsAhead());
  }

  /** Files are written in order: what is kept after the row's effect outlives it. */
  private Event written(CampaignState state, int keptBefore) {
    onDisk = state;
    kept.subList(0, keptBefore).clear();
    checkpoints.add(state);
    AsynchronousState books = state.asynchronous().orElseThrow();
    assertThat(state.learnerRows()).isEqualTo(rows(books.counted()));
    assertThat(counted)
        .as("nothing counts that has not come in")
        .containsAll(names(books.counted()));
    return new Event.Checkpointed(state.iteration());
  }

  private void submitted(RolloutJob job) {
    if (job.purpose() == Purpose.COLLECT) {
      assertThat(named.computeIfAbsent(name(job), name -> job))
          .as("a number never names two jobs")
          .isEqualTo(job);
      assertThat(counted).as("what has come in is not flown again").doesNotContain(name(job));
      newest = Math.max(newest, job.policyVersion());
      if (!wasOut(job)) {
        assertFlyingMayGoOn();
      }
    }
    waiting.addLast(job);
  }

  /** Whether the job was out when the last row was made: then it is submitted again regardless. */
  private boolean wasOut(RolloutJob job) {
    return onDisk.asynchronous().filter(state -> state.outstanding().contains(job)).isPresent();
  }

  /**
   * Flying is never ahead of the fits by more than the tolerance (or one fit), what is out aside.
   */
  private void assertFlyingMayGoOn() {
    double next = nextDraw();
    double lead =
        Math.max(plan.campaign().limiterTolerance(), 1 - plan.campaign().limiterTolerance());
    assertThat(ratio() * inserted()).isLessThan(drawn + lead * next + 1e-9);
  }

  private void asked(Effect.Fit fit) {
    fits.add(fit);
    if (fit.throughIteration() > 0) {
      JobRanges jobs = fit.jobs().orElseThrow();
      assertThat(names(jobs)).as("a fit looks at what has come in, all of it").isEqualTo(counted);
      assertThat(fit.learnerRows()).isEqualTo(rows(jobs));
      double next = nextDraw();
      assertThat(drawn + next)
          .as("what is drawn once the fit has ended")
          .isLessThanOrEqualTo(
              ratio() * inserted() + plan.campaign().limiterTolerance() * next + 1e-9);
      drawn += next;
    }
    long draws = draws(fit.version());
    answers.add(() -> ended(fit, draws));
  }

  private Event ended(Effect.Fit fit, long draws) {
    boolean fails = fit.version() % 7 == 3;
    if (fit.throughIteration() > 0 && byRows() && !fails) {
      drawn += draws - nextDraw();
      fitted = draws;
    }
    return fails
        ? new Event.FitFailed(fit.version(), "it diverges", false, 1)
        : new Event.Fitted(
            fit.version(),
            new PolicyDefinition.RandomActions(),
            OptionalDouble.of(0.1),
            OptionalDouble.of(0.2),
            OptionalDouble.of(0.5),
            draws,
            2,
            Map.of(),
            List.of());
  }

  /** Fits draw about as much each. */
  private static long draws(int version) {
    return 400 + 50L * (version % 3);
  }

  private boolean byRows() {
    return !Double.isNaN(plan.campaign().samplesPerInsert());
  }

  private double ratio() {
    return byRows() ? plan.campaign().samplesPerInsert() : 1;
  }

  private double nextDraw() {
    CampaignSettings settings = plan.campaign();
    if (!byRows()) {
      return Math.max(settings.stepsPerIteration(), settings.episodesPerIteration());
    }
    return lastDraw > 0
        ? lastDraw
        : settings.samplesPerInsert()
            * Math.max(
                settings.stepsPerIteration(),
                settings.episodesPerIteration() * plan.maxEpisodeSteps());
  }

  private double inserted() {
    return counted.stream()
        .map(this::result)
        .mapToDouble(
            result ->
                byRows()
                    ? result.storedRows()
                    : plan.campaign().episodesPerIteration() > 0
                        ? result.episodes().size()
                        : result.steps())
        .sum();
  }

  private JobResult result(String name) {
    return flownOnce.get(name);
  }

  private long rows(JobRanges jobs) {
    return names(jobs).stream().mapToLong(name -> result(name).storedRows()).sum();
  }

  /** Whether the number of jobs ahead was bounded by its setting, and by that alone. */
  boolean reachedJobsAhead() {
    return mostAhead == plan.campaign().jobsAhead() && mostAhead > WORKERS;
  }

  /** Jobs that were promised to be kept and are not in a state. */
  Set<String> forgotten(CampaignState state) {
    Set<String> missing = new HashSet<>(promised);
    missing.removeAll(names(state.asynchronous().orElseThrow().counted()));
    kept.forEach(result -> missing.remove(name(result.job())));
    return missing;
  }

  private static Set<String> names(JobRanges jobs) {
    Set<String> names = new HashSet<>();
    for (JobRanges.Range range : jobs.ranges()) {
      for (int index = range.from(); index < range.to(); index++) {
        names.add(
            Purpose.COLLECT + "-" + range.iteration() + "/" + index + "@v" + range.iteration());
      }
    }
    return names;
  }

  private static String name(RolloutJob job) {
    return job.label();
  }

  /** Episodes of 1 to 40 steps that return their policy's version. */
  private static JobResult flown(RolloutJob job) {
    List<EpisodeResult> episodes = new ArrayList<>();
    for (int i = 0; i < job.episodes(); i++) {
      int steps = 1 + Math.floorMod(31 * job.policyVersion() + 17 * (job.firstEpisode() + i), 40);
      episodes.add(
          new EpisodeResult(
              job.firstEpisode() + i, job.policyVersion(), steps, End.TRUNCATED, "", 0));
    }
    int steps = episodes.stream().mapToInt(EpisodeResult::steps).sum();
    return new JobResult(job, episodes, job.stored() ? steps : 0, 0.5, 0.25);
  }
}
