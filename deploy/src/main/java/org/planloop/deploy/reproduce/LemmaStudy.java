package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.planloop.campaign.ReturnEstimate;
import org.planloop.campaign.Strategy;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.deploy.report.Panels;
import org.planloop.deploy.report.ProgressTable;
import org.planloop.deploy.report.StackedBars;
import org.planloop.deploy.reproduce.Campaigns.Flown;
import org.planloop.deploy.reproduce.Campaigns.Order;
import org.planloop.diagnostics.PerformanceDifference;

/**
 * The performance difference via planning in the model (Ross and Bagnell 2012; lazily, Vemula et
 * al. 2023): an identity on random MDPs, and on campaigns the answer to who is to blame.
 */
final class LemmaStudy implements Study {
  private static final double EXACT = 1e-12;
  private static final int WORLDS = 200;
  private static final int WIDTH = 560;
  private static final int HEIGHT = 340;
  private static final int EPISODES = 8;

  private static final List<String> TERMS =
      List.of("gap_learner_fit", "gap_expert_fit", "gap_planning");

  /** What is taken of a campaign's rows. */
  private static final List<String> MEASURED =
      List.of(
          "real_learner_mean",
          "model_learner_mean",
          "real_expert_mean",
          "model_expert_mean",
          "gap_mean",
          "gap_learner_fit",
          "gap_learner_fit_ci95",
          "gap_expert_fit",
          "gap_expert_fit_ci95",
          "gap_planning",
          "gap_planning_ci95",
          "exploited");

  private static final List<String> LABELS =
      List.of("fit on learner data", "fit on expert data", "planner");

  private static final List<String> DIAGNOSED =
      List.of("diagnostics.performance-difference=on", "diagnostics.alarm=warn");

  @Override
  public String name() {
    return "lemma";
  }

  @Override
  public String title() {
    return "Who is to blame: the performance difference, term by term";
  }

  @Override
  public Findings run(StudySetting setting) {
    Table worlds = worlds(setting);
    Table finite = LemmaCounterexample.table(setting);
    Table campaigns = campaigns(setting);
    return new Findings(
        text(worlds, campaigns),
        List.of(campaigns, finite, worlds),
        List.of(new Figure(name(), figure(finite, campaigns))),
        claims(worlds, finite, campaigns));
  }

  /** How far the three forms are apart on random worlds. */
  private Table worlds(StudySetting setting) {
    setting.progress("random worlds");
    Table.Rows rows =
        Table.of(
            name() + "-random-worlds",
            "world",
            "gap",
            "learner_fit",
            "expert_fit",
            "planning",
            "lazy_expert_fit",
            "lazy_planning",
            "error_expanded",
            "error_lazy");
    RandomStream random = RandomStream.of(0, Purpose.DIAGNOSE, 0, 0, "random worlds");
    for (int world = 0; world < WORLDS; world++) {
      RandomWorld drawn = new RandomWorld(random);
      PerformanceDifference returns = drawn.difference().ofReturns();
      PerformanceDifference expanded = drawn.difference().expanded();
      PerformanceDifference lazy = drawn.difference().lazy();
      rows.add(
          world,
          returns.gap(),
          returns.learnerFit(),
          returns.expertFit(),
          returns.planning(),
          lazy.expertFit(),
          lazy.planning(),
          Math.max(
              Math.abs(expanded.learnerFit() - returns.learnerFit()),
              Math.max(
                  Math.abs(expanded.expertFit() - returns.expertFit()),
                  Math.abs(expanded.planning() - returns.planning()))),
          Math.abs(lazy.gap() - returns.gap()));
    }
    return rows.done();
  }

  /** The helicopter with a delay that its linear model cannot hold. */
  private Table campaigns(StudySetting setting) {
    int seeds = setting.seeds(20, 2);
    int iterations = setting.quick() ? 10 : 40;
    List<Order> orders = new ArrayList<>();
    for (Strategy strategy : Strategy.values()) {
      List<String> settings = new ArrayList<>(DIAGNOSED);
      settings.add("diagnostics.episodes=" + EPISODES);
      settings.add("environment.delay=1");
      settings.add("campaign.iterations=" + iterations);
      settings.add("campaign.keep-iterations=1");
      settings.add("evaluation.episodes=0");
      settings.add("evaluation.confirm-episodes=0");
      if (strategy == Strategy.LEARNER_ONLY) {
        // It learns nothing of the expert, but it can be compared with him.
        settings.addAll(List.of("expert.kind=lqr", "expert.control-noise=0.01"));
      }
      for (int seed = 0; seed < seeds; seed++) {
        orders.add(new Order(strategy.name(), "helicopter-hover", strategy, seed, settings));
      }
    }
    List<Result> results = setting.campaigns().fly(orders, Result::of, setting);
    List<String> columns = new ArrayList<>(List.of("strategy", "seed", "iteration"));
    columns.addAll(MEASURED);
    Table.Rows rows = Table.of(name(), columns.toArray(String[]::new));
    for (Result result : results) {
      for (int i = 0; i < result.rows().rows().size(); i++) {
        List<Object> cells = new ArrayList<>();
        cells.add(result.order().arm());
        cells.add(result.order().seed());
        cells.add(i + 1);
        for (String column : MEASURED) {
          cells.add(result.rows().column(column)[i]);
        }
        rows.add(cells.toArray());
      }
    }
    return rows.done();
  }

  private record Result(Order order, ProgressTable rows) {
    static Result of(Flown flown) {
      return new Result(flown.order(), flown.progress());
    }
  }

  private static String figure(Table finite, Table campaigns) {
    List<String> charts = new ArrayList<>();
    for (String arm : finite.values("arm")) {
      charts.add(
          stacked(
              "counterexample, " + arm,
              finite.where("arm", arm),
              List.of("learner_fit", "expert_fit", "planning"),
              "gap"));
    }
    for (Strategy strategy : Strategy.values()) {
      Table of = campaigns.where("strategy", strategy.name());
      charts.add(
          stacked(
              "helicopter, delay 1, " + strategy + ", mean of " + of.values("seed").size(),
              of,
              TERMS,
              "gap_mean"));
    }
    return Panels.grid(charts, 3, WIDTH, HEIGHT);
  }

  /** One bar an iteration: means over seeds add up like the terms themselves. */
  private static String stacked(String title, Table of, List<String> terms, String sum) {
    List<String> iterations = of.values("iteration");
    double[] x = iterations.stream().mapToDouble(Double::parseDouble).toArray();
    StackedBars bars =
        new StackedBars(title, "iteration", "return, learner less expert", WIDTH, HEIGHT, x);
    for (int t = 0; t < terms.size(); t++) {
      bars.term(LABELS.get(t), means(of, iterations, terms.get(t))[0]);
    }
    double[][] gap = means(of, iterations, sum);
    return bars.sum("real difference", gap[0], gap[1], gap[2]).svg();
  }

  /** Means over seeds by iteration, and the ends of their intervals. */
  private static double[][] means(Table of, List<String> iterations, String column) {
    double[][] result = new double[3][iterations.size()];
    for (int i = 0; i < iterations.size(); i++) {
      ReturnEstimate estimate =
          ReturnEstimate.of(
              Arrays.stream(of.where("iteration", iterations.get(i)).numbers(column))
                  .filter(Double::isFinite)
                  .toArray());
      double mean = estimate.mean().orElse(Double.NaN);
      double interval = estimate.ci95().orElse(Double.NaN);
      result[0][i] = mean;
      result[1][i] = mean - interval;
      result[2][i] = mean + interval;
    }
    return result;
  }

  private static double worst(Table of, String column) {
    return Arrays.stream(of.numbers(column)).map(Math::abs).max().orElse(Double.NaN);
  }

  /** Mean over seeds of a term in the last quarter of the iterations. */
  private static double late(Table campaigns, Strategy strategy, String column) {
    Table of = campaigns.where("strategy", strategy.name());
    double[] iteration = of.numbers("iteration");
    double from = 0.75 * Arrays.stream(iteration).max().orElse(0);
    double[] values = of.numbers(column);
    return IntStream.range(0, values.length)
        .filter(i -> iteration[i] > from)
        .mapToDouble(i -> values[i])
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }

  private static double exploited(Table campaigns, Strategy strategy) {
    return Arrays.stream(campaigns.where("strategy", strategy.name()).numbers("exploited"))
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }

  /** How far the three terms are from the real difference, relative to its size. */
  private static double closing(Table campaigns) {
    double[] gap = campaigns.numbers("gap_mean");
    double[] error = new double[gap.length];
    for (String term : TERMS) {
      double[] values = campaigns.numbers(term);
      for (int i = 0; i < gap.length; i++) {
        error[i] += values[i];
      }
    }
    return IntStream.range(0, gap.length)
        .mapToDouble(i -> Math.abs(error[i] - gap[i]) / Math.max(1, Math.abs(gap[i])))
        .filter(Double::isFinite)
        .max()
        .orElse(Double.NaN);
  }

  private static String text(Table worlds, Table campaigns) {
    StringBuilder late = new StringBuilder();
    for (Strategy strategy : Strategy.values()) {
      late.append(
          String.format(
              Locale.ROOT,
              "- **%s**: learner less expert %+.1f; fit on learner data %+.1f, fit"
                  + " on expert data %+.1f, planner %+.1f. The alarm rings in %.0f %% of the"
                  + " iterations.%n",
              strategy,
              late(campaigns, strategy, "gap_mean"),
              late(campaigns, strategy, "gap_learner_fit"),
              late(campaigns, strategy, "gap_expert_fit"),
              late(campaigns, strategy, "gap_planning"),
              100 * exploited(campaigns, strategy)));
    }
    return String.format(
        Locale.ROOT,
        """
        On %d random worlds the four returns, the expanded form and the lazy form have the same sum, to %.1g and %.1g. In the counterexample the terms
        are exact, and each strategy fails by a term of its own: the optimist with the expert's data alone by the fit where the learner goes, the
        pessimist with the learner's data alone by the fit where the expert goes, half and half in the end by none.

        The helicopter with delay, means over seeds and over the last quarter of the iterations:

        %s

        The linear model has no gusts, so it promises everyone more than there is. What it promises learner and expert alike stands in both fits, with
        opposite signs, and cancels in the sum; the alarm looks at the learner alone and rings for it, too.
        """,
        worlds.rows().size(),
        worst(worlds, "error_expanded"),
        worst(worlds, "error_lazy"),
        late.toString().strip());
  }

  private static List<Claim> claims(Table worlds, Table finite, Table campaigns) {
    List<Claim> claims = new ArrayList<>();
    double expanded = worst(worlds, "error_expanded");
    double lazy = Math.max(worst(worlds, "error_lazy"), worst(finite, "error_lazy"));
    claims.add(small("the expanded form closes to 1e-12 on random worlds", expanded, EXACT));
    claims.add(small("so does the lazy form, there and in the counterexample", lazy, EXACT));
    claims.add(
        exactly(finite, "EXPERT_ONLY from M1", new double[] {-20, 0, 1.9}, "the learner's fit"));
    claims.add(
        exactly(finite, "LEARNER_ONLY from M2", new double[] {0, -8.1, 1}, "the expert's fit"));
    claims.add(exactly(finite, "MIXED from M1", new double[] {0, 0, 0}, "nobody"));
    claims.add(
        small(
            "on the helicopter the terms add up to the real difference, relative to its size",
            closing(campaigns),
            1e-9));
    double blamed = late(campaigns, Strategy.EXPERT_ONLY, "gap_learner_fit");
    double rest =
        Math.min(
            late(campaigns, Strategy.EXPERT_ONLY, "gap_expert_fit"),
            late(campaigns, Strategy.EXPERT_ONLY, "gap_planning"));
    claims.add(
        new Claim(
            "helicopter, EXPERT_ONLY: the fit on learner data is to blame (model exploitation)",
            String.format(Locale.ROOT, "%.1f against %.1f", blamed, rest),
            blamed < rest));
    double planner = late(campaigns, Strategy.MIXED, "gap_planning");
    claims.add(
        new Claim(
            "helicopter, MIXED: in its own model the planner is not worse than the expert",
            String.format(Locale.ROOT, "%+.2f", planner),
            planner >= 0));
    double half = late(campaigns, Strategy.MIXED, "gap_mean");
    double expertOnly = late(campaigns, Strategy.EXPERT_ONLY, "gap_mean");
    double learnerOnly = late(campaigns, Strategy.LEARNER_ONLY, "gap_mean");
    claims.add(
        new Claim(
            "helicopter: half and half has the smallest difference of the three",
            String.format(Locale.ROOT, "%.1f against %.1f and %.1f", half, expertOnly, learnerOnly),
            half > Math.max(expertOnly, learnerOnly)));
    return claims;
  }

  private static Claim small(String statement, double found, double limit) {
    return new Claim(statement, String.format(Locale.ROOT, "%.2g", found), found <= limit);
  }

  /** The last iteration's terms in the counterexample. */
  private static Claim exactly(Table finite, String arm, double[] terms, String blamed) {
    Table of = finite.where("arm", arm);
    double[] found = new double[terms.length];
    boolean agrees = true;
    List<String> columns = List.of("learner_fit", "expert_fit", "planning");
    for (int t = 0; t < terms.length; t++) {
      double[] values = of.numbers(columns.get(t));
      found[t] = values[values.length - 1];
      agrees &= Math.abs(found[t] - terms[t]) <= EXACT;
    }
    return new Claim(
        String.format(
            Locale.ROOT,
            "counterexample, %s: in the end %s is to blame, terms %.3g, %.3g, %.3g",
            arm,
            blamed,
            terms[0],
            terms[1],
            terms[2]),
        String.format(Locale.ROOT, "%.4g, %.4g, %.4g", found[0], found[1], found[2]),
        agrees);
  }
}
