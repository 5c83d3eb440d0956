package org.planloop.planning;

import static org.planloop.data.InvalidInputException.check;

import org.planloop.dynamics.Propagation;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/**
 * How to plan; the section {@code planner} of the configuration, and part of every planned policy.
 *
 * @param kind the algorithm
 * @param horizon H, steps a plan
 * @param population candidates of the first round
 * @param rounds rounds of sampling and refitting
 * @param elites best candidates that the next distribution is fitted to
 * @param keep best candidates that survive into the next round and, shifted, into the next step
 *     (iCEM)
 * @param decay factor by which the population shrinks from round to round (iCEM)
 * @param colorExponent exponent of the coloured noise's spectrum, 0 for white (iCEM, MPPI)
 * @param initialStd first standard deviation of the actions, in units of half the action range
 * @param momentum share of the old mean and variance that a refit keeps
 * @param execute what is returned of the last round
 * @param temperature lambda of MPPI's exponential weights, on returns normalised to [0, 1]
 * @param particles rollouts a candidate
 * @param propagation how particles go through an ensemble
 * @param sampledNoise whether predicted variances are drawn from
 * @param disagreement standard deviations over the particles that a candidate's score is lowered
 *     by: with {@code ts-infinity} and without sampled noise a particle is a member, so this
 *     penalises what an ensemble does not agree about
 * @param threads calls of the model at a time, each on one core
 * @param device where an ensemble is evaluated: {@code auto}, {@code cpu} or {@code gpu:N}
 * @param precision of the products between an ensemble's hidden layers
 */
public record PlannerSettings(
    Kind kind,
    int horizon,
    int population,
    int rounds,
    int elites,
    int keep,
    double decay,
    double colorExponent,
    double initialStd,
    double momentum,
    Execute execute,
    double temperature,
    int particles,
    Propagation propagation,
    boolean sampledNoise,
    double disagreement,
    int threads,
    Device device,
    Precision precision) {
  /** The algorithms. */
  public enum Kind {
    RANDOM_SHOOTING,
    CEM,
    ICEM,
    MPPI,
    LQR,
    FINITE_LQR,
    ILQR,
    VALUE_ITERATION,
    /** One step of policy improvement in a linear model, instead of its optimum. */
    LAZY_LQR,
    /** One step of policy improvement in a finite model, on the expert's states alone. */
    LAZY_VALUE_ITERATION;

    /** Whether the algorithm improves the last policy along the expert's states. */
    public boolean lazy() {
      return this == LAZY_LQR || this == LAZY_VALUE_ITERATION;
    }

    /** Whether the algorithm samples candidate plans in a model, step by step. */
    public boolean samples() {
      return this == RANDOM_SHOOTING || this == CEM || this == ICEM || this == MPPI;
    }
  }

  /** What is returned of the last round. */
  public enum Execute {
    /** The mean of the last distribution. */
    MEAN,
    /** The best candidate seen. */
    BEST
  }

  public PlannerSettings {
    check(horizon >= 1 && horizon <= 10_000, "planner.horizon", horizon, "must be from 1 to 10000");
    check(
        population >= 2 && population <= 1_000_000,
        "planner.population",
        population,
        "must be from 2 to 1000000");
    check(rounds >= 1 && rounds <= 1000, "planner.rounds", rounds, "must be from 1 to 1000");
    check(
        elites >= 1 && elites <= population,
        "planner.elites",
        elites,
        "must be from 1 to planner.population = " + population);
    check(
        keep >= 0 && keep <= elites,
        "planner.keep",
        keep,
        "must be from 0 to planner.elites = " + elites);
    check(decay >= 1 && decay <= 100, "planner.decay", decay, "must be from 1 to 100");
    check(
        colorExponent >= 0 && colorExponent <= 10,
        "planner.color-exponent",
        colorExponent,
        "must be from 0 to 10");
    check(
        horizon <= ColoredNoise.LONGEST
            || colorExponent == 0
            || !(kind == Kind.ICEM || kind == Kind.MPPI),
        "planner.horizon",
        horizon,
        "must be at most "
            + ColoredNoise.LONGEST
            + " with coloured noise; set planner.color-exponent = 0");
    check(
        initialStd > 0 && initialStd <= 100,
        "planner.initial-std",
        initialStd,
        "must be above 0 and at most 100");
    check(
        momentum >= 0 && momentum < 1,
        "planner.momentum",
        momentum,
        "must be at least 0 and below 1");
    check(
        temperature > 0 && Double.isFinite(temperature),
        "planner.temperature",
        temperature,
        "must be a finite number above 0");
    check(
        particles >= 1 && particles <= 10_000,
        "planner.particles",
        particles,
        "must be from 1 to 10000");
    check(
        disagreement >= 0 && Double.isFinite(disagreement),
        "planner.disagreement",
        disagreement,
        "must be a finite number, 0 or more");
    check(
        disagreement == 0 || particlesDiffer(kind, particles, propagation, sampledNoise),
        "planner.disagreement",
        disagreement,
        "needs particles that can differ: set planner.particles = 2 or more and"
            + " planner.propagation = ts-infinity, with a planner.kind that samples");
    check(threads >= 1 && threads <= 256, "planner.threads", threads, "must be from 1 to 256");
  }

  private static boolean particlesDiffer(
      Kind kind, int particles, Propagation propagation, boolean sampledNoise) {
    return kind.samples()
        && particles >= 2
        && (sampledNoise || propagation != Propagation.EXPECTATION);
  }

  /**
   * Whether particles of one plan can end in different states, so that there is something to hold
   * against it.
   */
  public boolean particlesDiffer() {
    return particlesDiffer(kind, particles, propagation, sampledNoise);
  }

  /** Rounds that a sampling planner flies: of random shooting there is one. */
  public int roundsFlown() {
    return kind == Kind.RANDOM_SHOOTING ? 1 : rounds;
  }

  /**
   * Candidates of a round: iCEM's shrink by {@code decay}, but never below twice the elites.
   *
   * @param round from 0
   */
  public int population(int round) {
    if (kind != Kind.ICEM) {
      return population;
    }
    int smallest = (int) Math.min(population, 2L * elites);
    return Math.max(smallest, (int) (population / Math.pow(decay, round)));
  }

  /** The same with another horizon. */
  public PlannerSettings withHorizon(int steps) {
    return with(steps, disagreement);
  }

  /** The same with another penalty. */
  public PlannerSettings withDisagreement(double penalty) {
    return with(horizon, penalty);
  }

  private PlannerSettings with(int steps, double penalty) {
    return new PlannerSettings(
        kind,
        steps,
        population,
        rounds,
        elites,
        keep,
        decay,
        colorExponent,
        initialStd,
        momentum,
        execute,
        temperature,
        particles,
        propagation,
        sampledNoise,
        penalty,
        threads,
        device,
        precision);
  }
}
