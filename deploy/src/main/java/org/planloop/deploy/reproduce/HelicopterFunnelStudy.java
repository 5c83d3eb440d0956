package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.planloop.campaign.Strategy;
import org.planloop.checkpoint.BestPolicy;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.node.Flights;
import org.planloop.deploy.report.EpisodeTrace;
import org.planloop.deploy.report.FlightScene;
import org.planloop.deploy.report.FlightView;
import org.planloop.deploy.report.LineChart;
import org.planloop.deploy.report.LineChart.Series;
import org.planloop.deploy.report.Panels;
import org.planloop.deploy.report.ProgressTable;
import org.planloop.deploy.report.Quantiles;
import org.planloop.deploy.reproduce.Campaigns.Flown;
import org.planloop.deploy.reproduce.Campaigns.Order;
import org.planloop.environments.helicopter.HelicopterPose;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;

/**
 * The nose-in funnel of Ross and Bagnell (2012): a time-varying linear model, 500 transitions an
 * iteration, planned along the trajectory; batch identification against the loop, and what the same
 * planner pays in the truth. Costs, so smaller is better.
 */
final class HelicopterFunnelStudy implements Study {
  private static final String EXPERIMENT = "helicopter-funnel";
  private static final int ROWS = 500;
  private static final int WIDTH = 720;
  private static final int HEIGHT = 380;
  private static final int STEPS = 600;
  private static final double SECONDS = 15;

  /** Arms whose best flight is drawn. */
  private static final List<String> SHOWN = List.of("0 MIXED nu_en", "0 batch nu_e");

  /** The plan in the truth: what it costs without noise, with noise, and how far off it is. */
  private static final double COST = 45.47;

  private static final double NOISY_COST = 46.57;
  private static final double DISTANCE = 0.063;

  private static final PolicyDefinition.Expert TRUTH =
      new PolicyDefinition.Expert("ilqr", 0, Map.of());

  private record Arm(String name, int delay, Strategy strategy, List<String> settings) {}

  private static final List<String> QUIET = List.of("expert.control-noise=0");

  private static final List<Arm> ARMS =
      List.of(
          new Arm("batch nu_t", 0, Strategy.EXPERT_ONLY, target(ROWS)),
          new Arm("batch nu_e", 0, Strategy.EXPERT_ONLY, QUIET),
          new Arm("batch nu_en", 0, Strategy.EXPERT_ONLY, List.of()),
          new Arm("MIXED nu_t", 0, Strategy.MIXED, target(ROWS / 2)),
          new Arm("MIXED nu_e", 0, Strategy.MIXED, QUIET),
          new Arm("MIXED nu_en", 0, Strategy.MIXED, List.of()),
          new Arm("LEARNER_ONLY", 0, Strategy.LEARNER_ONLY, List.of()),
          new Arm("batch nu_en", 1, Strategy.EXPERT_ONLY, List.of()),
          new Arm("MIXED nu_en", 1, Strategy.MIXED, List.of()));

  private static List<String> target(int transitions) {
    return List.of(
        "expert.kind=target",
        "expert.control-noise=0",
        "expert.episodes=" + transitions,
        "rollout.environments-per-job=500");
  }

  @Override
  public String name() {
    return EXPERIMENT;
  }

  @Override
  public String title() {
    return "The funnel: a manoeuvre learned step by step";
  }

  @Override
  public Findings run(StudySetting setting) {
    int seeds = setting.seeds(10, 1);
    int iterations = setting.quick() ? 15 : 60;
    List<Order> orders = new ArrayList<>();
    for (Arm arm : ARMS) {
      // A glimpse is too short for the delayed helicopter.
      if (arm.delay() == 0 || !setting.quick()) {
        LongStream.range(0, seeds).forEach(seed -> orders.add(order(arm, seed, iterations)));
      }
    }
    Table truth = truth(setting);
    List<Result> results = setting.campaigns().fly(orders, flown -> look(flown, setting), setting);
    Table progress = progress(results);
    Table last = finals(results);
    Table flights = flights(results);
    return new Findings(
        text(progress, last, truth, seeds),
        List.of(progress, last, truth, flights),
        List.of(
            new Figure(name(), charts(progress, truth, seeds)),
            new Figure(name() + "-flight", flight(flights))),
        claims(progress, last, truth, setting.quick()));
  }

  private static Order order(Arm arm, long seed, int iterations) {
    List<String> settings = new ArrayList<>(arm.settings());
    settings.add("environment.delay=" + arm.delay());
    settings.add("campaign.iterations=" + iterations);
    settings.add("campaign.keep-iterations=1");
    settings.add("evaluation.episodes=5");
    settings.add("evaluation.first-episodes=5");
    settings.add("evaluation.confirm-episodes=20");
    return new Order(arm.delay() + " " + arm.name(), EXPERIMENT, arm.strategy(), seed, settings);
  }

  /** What is kept of a campaign. */
  private record Result(
      Order order,
      ProgressTable rows,
      int bestIteration,
      double bestReturn,
      List<EpisodeTrace> traces) {
    String delay() {
      return order.arm().substring(0, 1);
    }

    String arm() {
      return order.arm().substring(2);
    }
  }

  private static Result look(Flown flown, StudySetting setting) {
    List<EpisodeTrace> traces = new ArrayList<>();
    if (flown.order().seed() == 0) {
      PolicyDefinition best = BestPolicy.read(flown.folder().resolve("best")).definition();
      traces.add(new Flights(flown.experiment(), setting.campaigns().parts()).trace(best, 0, 0));
    }
    return new Result(
        flown.order(),
        flown.progress(),
        flown.summary().best().iteration(),
        flown.summary().best().returns().mean().orElse(Double.NaN),
        traces);
  }

  /** The plan in the true dynamics, flown without noise and, on 20 seeds, with it. */
  private Table truth(StudySetting setting) {
    Table.Rows rows =
        Table.of(name() + "-truth", "sigma", "delay", "episode", "cost", "mean_distance_m");
    for (double sigma : new double[] {0, 0.1}) {
      for (int delay = 0; delay < 2; delay++) {
        setting.progress("the plan in the truth, sigma " + sigma + ", delay " + delay);
        List<String> settings = List.of("environment.sigma=" + sigma, "environment.delay=" + delay);
        Experiment experiment =
            setting.campaigns().resolve(new Order("", EXPERIMENT, Strategy.MIXED, 0, settings));
        Flights flights = new Flights(experiment, setting.campaigns().parts());
        int episode = 0;
        for (EpisodeResult result : flights.evaluate(TRUTH, 0, sigma == 0 ? 1 : 20, done -> {})) {
          double distance = episode == 0 ? distance(flights.trace(TRUTH, 0, 0)) : Double.NaN;
          rows.add(sigma, delay, episode++, -result.totalReward(), distance);
        }
      }
    }
    return rows.done();
  }

  private static double distance(EpisodeTrace trace) {
    List<HelicopterPose> flown = FlightScene.flown(trace);
    List<HelicopterPose> target = FlightScene.target(trace.environment(), flown.size());
    double sum = 0;
    for (int t = 0; t < flown.size(); t++) {
      sum += flown.get(t).distance(target.get(t));
    }
    return sum / flown.size();
  }

  private Table progress(List<Result> results) {
    Table.Rows rows =
        Table.of(name(), "delay", "arm", "seed", "iteration", "transitions", "cost", "eval_cost");
    for (Result result : results) {
      double[] iteration = result.rows().column("iteration");
      double[] cost = result.rows().column("return_mean");
      double[] evaluated = result.rows().column("eval_return_mean");
      for (int i = 0; i < iteration.length; i++) {
        // Policy i is fitted to the rows of the iterations before.
        rows.add(
            result.delay(),
            result.arm(),
            result.order().seed(),
            (int) iteration[i],
            ROWS * ((int) iteration[i] - 1),
            -cost[i],
            -evaluated[i]);
      }
    }
    return rows.done();
  }

  private Table finals(List<Result> results) {
    Table.Rows rows =
        Table.of(
            name() + "-best", "delay", "arm", "seed", "last_cost", "best_iteration", "best_cost");
    for (Result result : results) {
      rows.add(
          result.delay(),
          result.arm(),
          result.order().seed(),
          -result.rows().last("eval_return_mean"),
          result.bestIteration(),
          -result.bestReturn());
    }
    return rows.done();
  }

  private static String charts(Table progress, Table truth, int seeds) {
    List<String> charts = new ArrayList<>();
    for (String delay : progress.values("delay")) {
      Table rows = progress.where("delay", delay);
      LineChart chart =
          new LineChart(
                  "delay " + delay + ": cost of each policy, median and quartiles of " + seeds,
                  "transitions in the data",
                  "cost of 600 steps, mean of 5 episodes",
                  WIDTH,
                  HEIGHT)
              .logarithmic();
      for (String arm : rows.values("arm")) {
        chart.add(curve(rows.where("arm", arm), arm));
      }
      charts.add(chart.level("planned in the truth", noisy(truth, delay)).svg());
    }
    return Panels.column(charts, WIDTH, HEIGHT);
  }

  private static Series curve(Table arm, String label) {
    List<String> at = arm.values("transitions");
    double[][] bands = new double[3][at.size()];
    for (int i = 0; i < at.size(); i++) {
      double[] sorted =
          Arrays.stream(arm.where("transitions", at.get(i)).numbers("eval_cost"))
              .sorted()
              .toArray();
      for (int q = 0; q < bands.length; q++) {
        bands[q][i] = Quantiles.of(sorted, 0.25 * (q + 1));
      }
    }
    double[] x = at.stream().mapToDouble(Double::parseDouble).toArray();
    return new Series(label, x, bands[1], bands[0], bands[2]);
  }

  /** The best policies of MIXED nu_en and of batch nu_e on the first seed, and their target. */
  private Table flights(List<Result> results) {
    Table.Rows rows = Poses.table(name() + "-flight", "flight");
    for (Result result : results) {
      if (SHOWN.contains(result.order().arm())) {
        for (EpisodeTrace trace : result.traces()) {
          Poses.add(rows, FlightScene.flown(trace), result.arm());
          if (result.order().arm().equals(SHOWN.get(0))) {
            Poses.add(rows, FlightScene.target(trace.environment(), STEPS), "target");
          }
        }
      }
    }
    return rows.done();
  }

  private static List<HelicopterPose> poses(Table flights, String flight) {
    return Poses.of(flights.where("flight", flight));
  }

  private static String flight(Table flights) {
    List<HelicopterPose> target = poses(flights, "target");
    List<String> views = new ArrayList<>();
    for (String name : flights.values("flight")) {
      if (!name.equals("target")) {
        views.add(view(name, poses(flights, name), target));
      }
    }
    return Panels.column(views, WIDTH, HEIGHT);
  }

  private static String view(String name, List<HelicopterPose> flown, List<HelicopterPose> target) {
    FlightView view = FlightView.around(List.of(flown, target), WIDTH, HEIGHT);
    String ended = flown.size() < STEPS ? "; crashed after " + flown.size() + " steps" : "";
    return view.svg(
        "The best policy of " + name + ended + ". Grey: the target and snapshots",
        view.shadow(flown)
            + FlightScene.flight(view, target, flown, "#0072b2", SECONDS * flown.size() / STEPS));
  }

  private static double noisy(Table truth, String delay) {
    double[] costs = truth.where("sigma", 0.1).where("delay", delay).numbers("cost");
    return Arrays.stream(costs).average().orElse(Double.NaN);
  }

  private static double median(Table last, int delay, String arm, String column) {
    return Quantiles.median(last.where("delay", delay).where("arm", arm).numbers(column));
  }

  /**
   * Transitions after which an arm's median stays within twice the cost of the plan in the truth.
   */
  private static OptionalInt enough(Table progress, int delay, String arm, double level) {
    Table rows = progress.where("delay", delay).where("arm", arm);
    int since = -1;
    for (String transitions : rows.values("transitions")) {
      double cost = Quantiles.median(rows.where("transitions", transitions).numbers("eval_cost"));
      boolean within = cost <= 2 * level;
      since = !within ? -1 : since < 0 ? Integer.parseInt(transitions) : since;
    }
    return since < 0 ? OptionalInt.empty() : OptionalInt.of(since);
  }

  private static String told(OptionalInt transitions) {
    return transitions.isPresent() ? "after " + transitions.getAsInt() : "never";
  }

  private static String text(Table progress, Table last, Table truth, int seeds) {
    double level = noisy(truth, "0");
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
            The plan made in the true dynamics costs %.2f without noise, %.3f m off on average, and %.2f with it. From MIXED's data the same planner comes within
            twice that cost %s transitions, and the best of its sequence costs %.1f (median of %d seeds). Batch identification gets there
            %s transitions of the expert's noisy flights, %s of its noiseless flights, %s of states drawn about the target, which level
            and slow is not how a helicopter circles. LEARNER_ONLY stays with the first, idle policy, which its data explains without error (%s).
            """,
            truth.where("sigma", 0.0).where("delay", 0).numbers("cost")[0],
            truth.where("sigma", 0.0).where("delay", 0).numbers("mean_distance_m")[0],
            level,
            told(enough(progress, 0, "MIXED nu_en", level)),
            median(last, 0, "MIXED nu_en", "best_cost"),
            seeds,
            told(enough(progress, 0, "batch nu_en", level)),
            told(enough(progress, 0, "batch nu_e", level)),
            told(enough(progress, 0, "batch nu_t", level)),
            told(enough(progress, 0, "LEARNER_ONLY", level))));
    if (progress.values("delay").contains("1")) {
      text.append(
          String.format(
              Locale.ROOT,
              """

              So where a linear model of each step holds the truth, enough of the right data is enough for the batch fit too. With a delay of one step, which no such model
              can hold, it is not: the batch fit's best policy costs %.0f, MIXED's %.1f (%s transitions within twice the cost).
              """,
              median(last, 1, "batch nu_en", "best_cost"),
              median(last, 1, "MIXED nu_en", "best_cost"),
              told(enough(progress, 1, "MIXED nu_en", noisy(truth, "1")))));
    }
    return text.toString();
  }

  private static List<Claim> claims(Table progress, Table last, Table truth, boolean quick) {
    List<Claim> claims = new ArrayList<>();
    double cost = truth.where("sigma", 0.0).where("delay", 0).numbers("cost")[0];
    double off = truth.where("sigma", 0.0).where("delay", 0).numbers("mean_distance_m")[0];
    double level = noisy(truth, "0");
    claims.add(
        claim("planned in the truth, no noise: cost %.2f, give or take 0.5", COST, cost, 0.5));
    claims.add(
        claim(
            "planned in the truth: %.3f m off on average, give or take 0.002",
            DISTANCE, off, 0.002));
    claims.add(
        claim(
            "planned in the truth, sigma 0.1: cost %.2f, give or take 0.2",
            NOISY_COST, level, 0.2));
    double mixed = median(last, 0, "MIXED nu_en", "best_cost");
    claims.add(
        new Claim(
            "MIXED nu_en comes within twice the cost of the plan in the truth",
            String.format(Locale.ROOT, "%.1f", mixed),
            mixed <= 2 * level));
    OptionalInt loop = enough(progress, 0, "MIXED nu_en", level);
    for (String arm : List.of("batch nu_t", "batch nu_e", "batch nu_en")) {
      OptionalInt batch = enough(progress, 0, arm, level);
      claims.add(
          new Claim(
              arm + " stays outside of that, or needs more transitions than MIXED nu_en",
              told(batch) + " against " + told(loop),
              loop.isPresent() && (batch.isEmpty() || batch.getAsInt() > loop.getAsInt())));
    }
    if (!quick) {
      double batch = median(last, 1, "batch nu_en", "best_cost");
      double delayed = median(last, 1, "MIXED nu_en", "best_cost");
      claims.add(
          new Claim(
              "delay 1: MIXED nu_en within twice the cost of the plan in the truth, batch nu_en not",
              String.format(Locale.ROOT, "%.1f and %.0f", delayed, batch),
              delayed <= 2 * noisy(truth, "1") && batch > 2 * noisy(truth, "1")));
    }
    return claims;
  }

  private static Claim claim(String statement, double reference, double found, double tolerance) {
    return new Claim(
        String.format(Locale.ROOT, statement, reference),
        String.format(Locale.ROOT, "%.3f", found),
        Math.abs(found - reference) <= tolerance);
  }
}
