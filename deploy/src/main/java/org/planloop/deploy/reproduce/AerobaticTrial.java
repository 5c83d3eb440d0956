package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environment.QuadraticCost;
import org.planloop.environment.Simulator;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.environments.helicopter.HelicopterPose;
import org.planloop.environments.helicopter.LearnedHelicopter;
import org.planloop.environments.helicopter.Manoeuvres;
import org.planloop.expert.Experts;
import org.planloop.fitting.ChainSolver;
import org.planloop.fitting.FusedDemonstrations;
import org.planloop.fitting.GramChain;
import org.planloop.fitting.GramSums;
import org.planloop.planning.Ilqr;
import org.planloop.planning.RecedingHorizonIlqr;
import org.planloop.planning.SimulatorDynamics;
import org.planloop.planning.TrajectoryCost;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

/**
 * One manoeuvre from demonstrations to flight, after Coates, Abbeel and Ng (2008): several pilots
 * fly what was intended, each a little elsewhere, at a pace of its own and in gusts; their
 * recordings are fused into a target, their transitions into a model, and the target is flown by
 * receding-horizon iLQR in the model. Then the model is fitted again, half to the demonstrations
 * and half to that flight, and flown again.
 */
final class AerobaticTrial {
  static final int DEMONSTRATIONS = 6;

  private static final double SIGMA = 0.1;
  private static final double PILOT_GUSTS = 0.3;
  private static final double PILOT_HAND = 0.01;
  private static final double PILOT_OFFSET = 0.2;
  private static final double PILOT_TILT = 0.06;
  private static final double PILOT_PACE = 0.08;
  private static final double SENSOR_METRES = 0.03;
  private static final double SENSOR_TURN = 0.02;
  private static final int EM_ITERATIONS = 10;

  /** Three coordinates of a position, four of an attitude. */
  private static final int[] GROUPS = {0, 0, 0, 1, 1, 1, 1};

  private static final double RIDGE = 1e-3;
  private static final int HORIZON = 40;
  private static final Ilqr.Settings PLAN = Ilqr.Settings.staged(15, 1e-5);

  private final String manoeuvre;
  private final RandomStream random;
  private final GramSums demonstrated =
      new GramSums(LearnedHelicopter.FEATURES, LearnedHelicopter.ACCELERATIONS);
  private final GramSums own =
      new GramSums(LearnedHelicopter.FEATURES, LearnedHelicopter.ACCELERATIONS);

  /**
   * Paths of poses, one each 0.05 s.
   *
   * @param intended the best that the true helicopter can do of what was wished for, without gusts
   * @param demonstrations as they were recorded
   * @param fused the target
   * @param first flown in the model of the demonstrations alone
   * @param second flown in the model of half of each
   */
  record Paths(
      List<HelicopterPose> intended,
      List<List<HelicopterPose>> demonstrations,
      List<HelicopterPose> fused,
      List<HelicopterPose> first,
      List<HelicopterPose> second) {}

  private AerobaticTrial(String manoeuvre, RandomStream random) {
    this.manoeuvre = manoeuvre;
    this.random = random;
  }

  static Paths run(String manoeuvre, RandomStream random) {
    return new AerobaticTrial(manoeuvre, random).run();
  }

  private Paths run() {
    List<HelicopterPose> wish = Manoeuvres.wish(manoeuvre);
    Environment ideal = Manoeuvres.along(manoeuvre, wish, 0);
    List<HelicopterPose> intended = poses(ideal, plan(ideal).states());
    List<List<HelicopterPose>> recorded = new ArrayList<>();
    for (int k = 0; k < DEMONSTRATIONS; k++) {
      recorded.add(recorded(demonstrate(perturbed(wish))));
    }
    List<HelicopterPose> fused = fuse(recorded);
    List<HelicopterPose> first = fly(fused, model(1));
    List<HelicopterPose> second = fly(fused, model(0.5));
    return new Paths(intended, recorded, fused, first, second);
  }

  /** The wish a little elsewhere, tilted, and at a pace of its own. */
  private List<HelicopterPose> perturbed(List<HelicopterPose> wish) {
    int last = wish.size() - 1;
    int steps = (int) Math.round(last * (1 + PILOT_PACE * random.nextGaussian()));
    double hurry = PILOT_PACE * random.nextGaussian();
    double[] wander = new double[12];
    Arrays.setAll(wander, i -> random.nextGaussian());
    List<HelicopterPose> result = new ArrayList<>();
    for (int t = 0; t <= steps; t++) {
      double s = t / (double) steps;
      double warped = Math.max(0, Math.min(1, s + hurry * Math.sin(Math.PI * s) / 2));
      HelicopterPose at = wish.get((int) Math.round(warped * last));
      result.add(
          new HelicopterPose(
                  at.north() + PILOT_OFFSET * wandering(wander, 0, s),
                  at.east() + PILOT_OFFSET * wandering(wander, 1, s),
                  at.down() + PILOT_OFFSET * wandering(wander, 2, s),
                  at.x(),
                  at.y(),
                  at.z(),
                  at.w())
              .turned(
                  PILOT_TILT * wandering(wander, 3, s),
                  PILOT_TILT * wandering(wander, 4, s),
                  PILOT_TILT * wandering(wander, 5, s)));
    }
    return result;
  }

  /** A slow error that begins and ends with nothing: two waves. */
  private static double wandering(double[] wander, int channel, double s) {
    return wander[2 * channel] * Math.sin(Math.PI * s)
        + wander[2 * channel + 1] * Math.sin(2 * Math.PI * s);
  }

  /** Flown in gusts by a pilot who plans in the truth; every transition is a row for the model. */
  private List<HelicopterPose> demonstrate(List<HelicopterPose> target) {
    Environment environment = Manoeuvres.along(manoeuvre, target, PILOT_GUSTS);
    PolicyDefinition.Expert pilot = new PolicyDefinition.Expert("ilqr", PILOT_HAND, Map.of());
    try (Policy policy = Experts.bundled().open(pilot, environment)) {
      Policy.Session session = policy.begin(new RandomStream[] {random.split()});
      boolean[] active = {true};
      return fly(environment, (state, action) -> session.act(active, state, action), demonstrated);
    }
  }

  private List<HelicopterPose> recorded(List<HelicopterPose> flown) {
    return flown.stream()
        .map(
            pose ->
                new HelicopterPose(
                        pose.north() + SENSOR_METRES * random.nextGaussian(),
                        pose.east() + SENSOR_METRES * random.nextGaussian(),
                        pose.down() + SENSOR_METRES * random.nextGaussian(),
                        pose.x(),
                        pose.y(),
                        pose.z(),
                        pose.w())
                    .turned(
                        SENSOR_TURN * random.nextGaussian(),
                        SENSOR_TURN * random.nextGaussian(),
                        SENSOR_TURN * random.nextGaussian()))
        .toList();
  }

  /** Positions and quaternions as seven coordinates; quaternions that do not jump in sign. */
  private static List<HelicopterPose> fuse(List<List<HelicopterPose>> recorded) {
    List<double[][]> coordinates = new ArrayList<>();
    for (List<HelicopterPose> path : recorded) {
      double[][] rows = new double[path.size()][];
      double[] before = {0, 0, 0, 0, 0, 0, 1};
      for (int t = 0; t < rows.length; t++) {
        rows[t] = path.get(t).continuing(before);
        before = rows[t];
      }
      coordinates.add(rows);
    }
    return Arrays.stream(FusedDemonstrations.of(coordinates, GROUPS, EM_ITERATIONS).path())
        .map(HelicopterPose::ofCoordinates)
        .toList();
  }

  private LearnedHelicopter model(double share) {
    GramChain sums = new GramChain(1, LearnedHelicopter.FEATURES, LearnedHelicopter.ACCELERATIONS);
    sums.at(0).add(GramSums.mixture(demonstrated, own, share), 1);
    double[] units = new double[LearnedHelicopter.FEATURES];
    Arrays.fill(units, 1);
    return new LearnedHelicopter(ChainSolver.solve(sums, units, RIDGE, 0)[0]);
  }

  /** The target under gusts, by planning in the model at every step. */
  private List<HelicopterPose> fly(List<HelicopterPose> target, LearnedHelicopter model) {
    Environment imagined = Manoeuvres.along(manoeuvre, target, model);
    RecedingHorizonIlqr planner =
        new RecedingHorizonIlqr(
            dynamics(imagined), cost(imagined), plan(imagined).actions(), HORIZON, 2);
    return fly(
        Manoeuvres.along(manoeuvre, target, SIGMA),
        (state, action) -> System.arraycopy(planner.act(state), 0, action, 0, action.length),
        own);
  }

  private interface Pilot {
    void act(double[] state, double[] action);
  }

  private List<HelicopterPose> fly(Environment environment, Pilot pilot, GramSums rows) {
    Simulator simulator = environment.simulator().orElseThrow();
    double[] before = new double[simulator.size()];
    double[] after = new double[simulator.size()];
    double[] features = new double[LearnedHelicopter.FEATURES];
    double[] accelerations = new double[LearnedHelicopter.ACCELERATIONS];
    double[] action = new double[environment.actions().size()];
    List<HelicopterPose> path = new ArrayList<>();
    try (VectorEnvironment copy = environment.open(1)) {
      StepResult result = new StepResult(1, environment.states().size());
      copy.reset(0, random.split());
      path.add(HelicopterPose.of(environment, copy.states()));
      do {
        double[] state = copy.states().clone();
        pilot.act(state, action);
        copy.step(new boolean[] {true}, action, result);
        simulator.embed(state, before);
        simulator.embed(result.nextStates, after);
        LearnedHelicopter.row(before, after, features, accelerations);
        rows.add(features, accelerations);
        path.add(HelicopterPose.of(environment, result.nextStates));
      } while (!result.terminated[0] && !result.truncated[0]);
    }
    return path;
  }

  private static SimulatorDynamics dynamics(Environment environment) {
    return new SimulatorDynamics(
        environment.simulator().orElseThrow().nominal(),
        environment.states().size(),
        environment.actions().size());
  }

  private static TrajectoryCost cost(Environment environment) {
    int one = environment.states().named("one").orElseThrow();
    int step = environment.states().step().orElseThrow();
    double[][] targets = new double[environment.maxSteps() + 1][environment.states().size()];
    for (int t = 0; t < targets.length; t++) {
      targets[t][one] = 1;
      targets[t][step] = t;
    }
    return TrajectoryCost.about(targets, (QuadraticCost) environment.objective());
  }

  private static Ilqr.Solution plan(Environment environment) {
    Simulator nominal = environment.simulator().orElseThrow().nominal();
    double[] full = new double[nominal.size()];
    double[] start = new double[environment.states().size()];
    nominal.start(full, RandomStream.silent());
    nominal.observe(full, start);
    double[][] none = new double[environment.maxSteps()][environment.actions().size()];
    return Ilqr.solve(dynamics(environment), cost(environment), start, none, PLAN);
  }

  private static List<HelicopterPose> poses(Environment environment, double[][] states) {
    return Arrays.stream(states).map(state -> HelicopterPose.of(environment, state)).toList();
  }
}
