package org.planloop.deploy.reproduce;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.planloop.campaign.Strategy;
import org.planloop.data.Purpose;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.Flights;
import org.planloop.deploy.report.LineChart;
import org.planloop.deploy.report.LineChart.Series;
import org.planloop.deploy.report.Panels;
import org.planloop.deploy.report.Quantiles;
import org.planloop.deploy.reproduce.Campaigns.Flown;
import org.planloop.deploy.reproduce.Campaigns.Order;
import org.planloop.diagnostics.EpisodeStarts;
import org.planloop.diagnostics.ModelFlights;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.DynamicsModels;
import org.planloop.environment.Environment;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;
import org.planloop.storage.PolicyFolder;
import org.planloop.torch.Device;

/**
 * The assignment of the lecture: how good a policy is for real and how good its own model says that
 * it is, in Gymnasium's mountain car. Every policy from pi_2 on is flown from the same starts in
 * both.
 */
final class MountainCarStudy implements Study {
  private static final List<Strategy> STRATEGIES =
      List.of(Strategy.EXPERT_ONLY, Strategy.LEARNER_ONLY, Strategy.MIXED);

  private static final int EPISODES = 10;
  private static final int WIDTH = 460;
  private static final int HEIGHT = 340;
  private static final double NEVER = -3000;

  @Override
  public String name() {
    return "mountain-car";
  }

  @Override
  public String title() {
    return "Mountain car: too good in its own model, until half of the data is the learner's";
  }

  /** One policy in both worlds. */
  private record Judged(
      Strategy strategy, long seed, int policy, List<Double> real, List<Double> imagined) {}

  /** A campaign's policies, and the expert's returns from the same starts. */
  private record Result(List<Judged> policies, List<Double> expert, Order order) {}

  @Override
  public Findings run(StudySetting setting) {
    int seeds = setting.seeds(10, 3);
    int iterations = setting.quick() ? 12 : 15;
    List<Order> orders = new ArrayList<>();
    for (Strategy strategy : STRATEGIES) {
      for (long seed = 0; seed < seeds; seed++) {
        orders.add(
            new Order(
                strategy.name(),
                name(),
                strategy,
                seed,
                List.of(
                    "campaign.iterations=" + iterations,
                    "evaluation.episodes=0",
                    "evaluation.confirm-episodes=0")));
      }
    }
    Parts parts = setting.campaigns().parts();
    List<Result> results = setting.campaigns().fly(orders, flown -> judge(flown, parts), setting);
    Table returns = flights(results);
    Table experts = expertFlights(results);
    int from = 1 + iterations / 2;
    return new Findings(
        text(returns, experts, seeds, from),
        List.of(returns, experts),
        List.of(new Figure(name(), figure(returns, experts))),
        claims(returns, experts, from));
  }

  private static Result judge(Flown flown, Parts parts) {
    Experiment experiment = flown.experiment();
    Flights flights = new Flights(experiment, parts);
    Environment car = flights.environment();
    long seed = experiment.seed();
    List<Judged> judged = new ArrayList<>();
    for (int i = 2; i <= flown.progress().rows().size() + 1; i++) {
      PolicyDefinition policy = read(iteration(flown, i));
      PolicyDefinition.Planned model =
          (PolicyDefinition.Planned) read(iteration(flown, i - 1).resolve("state"));
      judged.add(
          new Judged(
              flown.order().strategy(),
              seed,
              i,
              returns(flights.evaluate(policy, seed, EPISODES, done -> {})),
              imagine(flights, car, policy, model, seed)));
    }
    PolicyDefinition expert =
        new PolicyDefinition.Expert(experiment.expert().kind(), 0, experiment.expert().options());
    return new Result(
        judged, returns(flights.evaluate(expert, seed, EPISODES, done -> {})), flown.order());
  }

  /** The policy's returns in its model, from the starts of the evaluation episodes. */
  private static List<Double> imagine(
      Flights flights,
      Environment car,
      PolicyDefinition policy,
      PolicyDefinition.Planned model,
      long seed) {
    try (Policy pilot = flights.open(policy);
        DynamicsModel world = DynamicsModels.open(model.model(), car, 1, Device.CPU)) {
      return returns(
          new ModelFlights(car, 1)
              .fly(
                  pilot,
                  world,
                  EpisodeStarts.of(car, seed, Purpose.EVALUATE, 0, 0, EPISODES),
                  car.maxSteps(),
                  EpisodeStarts.streams(seed, Purpose.EVALUATE, 0, 0, EPISODES, "policy"),
                  EpisodeStarts.streams(seed, Purpose.EVALUATE, 0, 0, EPISODES, "model")));
    }
  }

  private static List<Double> returns(List<EpisodeResult> episodes) {
    return episodes.stream().map(EpisodeResult::totalReward).toList();
  }

  private static Path iteration(Flown flown, int number) {
    return flown.folder().resolve(String.format(Locale.ROOT, "iterations/%04d", number));
  }

  private static PolicyDefinition read(Path folder) {
    try {
      return PolicyFolder.read(folder).definition();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Table flights(List<Result> results) {
    Table.Rows rows =
        Table.of(name(), "strategy", "seed", "policy", "episode", "return", "return_in_model");
    for (Result result : results) {
      for (Judged judged : result.policies()) {
        for (int episode = 0; episode < EPISODES; episode++) {
          rows.add(
              judged.strategy().name(),
              judged.seed(),
              judged.policy(),
              episode,
              judged.real().get(episode),
              judged.imagined().get(episode));
        }
      }
    }
    return rows.done();
  }

  private Table expertFlights(List<Result> results) {
    Table.Rows rows = Table.of(name() + "-expert", "seed", "episode", "return");
    for (Result result : results) {
      if (result.order().strategy() == STRATEGIES.get(0)) {
        for (int episode = 0; episode < EPISODES; episode++) {
          rows.add(result.order().seed(), episode, result.expert().get(episode));
        }
      }
    }
    return rows.done();
  }

  /** Numbers of a column over the second half of the campaigns of one strategy. */
  private static double[] late(Table returns, Strategy strategy, String column, int from) {
    Table of = returns.where("strategy", strategy.name());
    double[] policies = of.numbers("policy");
    double[] values = of.numbers(column);
    double[] chosen = new double[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (policies[i] > from) {
        chosen[count++] = values[i];
      }
    }
    return Arrays.copyOf(chosen, count);
  }

  private static double median(Table returns, Strategy strategy, String column, int from) {
    return Quantiles.median(late(returns, strategy, column, from));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** Share of the drives that never reach the flag. */
  private static double lost(Table returns, Strategy strategy, int from) {
    double[] drives = late(returns, strategy, "return", from);
    return (double) Arrays.stream(drives).filter(value -> value <= NEVER).count() / drives.length;
  }

  private static String text(Table returns, Table experts, int seeds, int from) {
    return String.format(
        Locale.ROOT,
        """
        Medians over the second half of the campaigns (%d seeds, %d episodes a policy, the same starts for real and in the model; the expert returns %.0f
        on average):

        | strategy | in its own model | for real | mean for real | never arrives |
        |---|---|---|---|---|
        %s%s%s
        The model of the expert's data alone promises more than anybody can do, because planning looks for whatever the model gets wrong in the car's
        favour: the car plans a way up that leaves the expert's states, and there the hill is steeper than the model thinks. Nothing ever tells it. With
        half of the data from its own drives, that way is corrected as soon as it has been tried, and what the model promises comes close to what the car
        does. LEARNER_ONLY begins with a drive of 3,000 random pushes, which on this hill harms nobody; a machine that breaks cannot begin like that. In the
        second half its model promises %.0f more than it does; that of MIXED %.0f, that of EXPERT_ONLY %.0f.
        """,
        seeds,
        EPISODES,
        mean(experts.numbers("return")),
        line(returns, Strategy.EXPERT_ONLY, from),
        line(returns, Strategy.LEARNER_ONLY, from),
        line(returns, Strategy.MIXED, from),
        excess(returns, Strategy.LEARNER_ONLY, from),
        excess(returns, Strategy.MIXED, from),
        excess(returns, Strategy.EXPERT_ONLY, from));
  }

  /** What the model promises beyond what the car does: median against median. */
  private static double excess(Table returns, Strategy strategy, int from) {
    return median(returns, strategy, "return_in_model", from)
        - median(returns, strategy, "return", from);
  }

  private static String line(Table returns, Strategy strategy, int from) {
    return String.format(
        Locale.ROOT,
        "| %s | %.0f | %.0f | %.0f | %.0f %% |\n",
        strategy,
        median(returns, strategy, "return_in_model", from),
        median(returns, strategy, "return", from),
        mean(late(returns, strategy, "return", from)),
        100 * lost(returns, strategy, from));
  }

  private static List<Claim> claims(Table returns, Table experts, int from) {
    double expert = mean(experts.numbers("return"));
    double batchReal = median(returns, Strategy.EXPERT_ONLY, "return", from);
    double batchModel = median(returns, Strategy.EXPERT_ONLY, "return_in_model", from);
    double mixedReal = median(returns, Strategy.MIXED, "return", from);
    double mixedModel = median(returns, Strategy.MIXED, "return_in_model", from);
    double batch = excess(returns, Strategy.EXPERT_ONLY, from);
    double mixed = excess(returns, Strategy.MIXED, from);
    return List.of(
        range("the expert returns -100 to -130", expert, -130, -100),
        range("EXPERT_ONLY in its own model: -30 to -100", batchModel, -100, -30),
        range("EXPERT_ONLY for real: -160 to -200", batchReal, -200, -160),
        range("MIXED in its own model: -100 to -140", mixedModel, -140, -100),
        range("MIXED for real: -120 to -150, or better", mixedReal, -150, 0),
        new Claim(
            "EXPERT_ONLY promises far more than it does; MIXED closes at least two thirds of that",
            String.format(Locale.ROOT, "%.0f too much, %.0f with MIXED", batch, mixed),
            batch > 30 && Math.abs(mixed) <= batch / 3),
        new Claim(
            "MIXED is better for real than EXPERT_ONLY",
            String.format(Locale.ROOT, "%.0f against %.0f", mixedReal, batchReal),
            mixedReal > batchReal));
  }

  private static Claim range(String statement, double found, double low, double high) {
    return new Claim(
        statement, String.format(Locale.ROOT, "%.0f", found), found >= low && found <= high);
  }

  private static String figure(Table returns, Table experts) {
    List<String> charts = new ArrayList<>();
    for (Strategy strategy : STRATEGIES) {
      Table of = returns.where("strategy", strategy.name());
      charts.add(
          new LineChart(
                  strategy + ": median and quartiles", "policy", "steps to the flag", WIDTH, HEIGHT)
              .logarithmic()
              .add(curve(of, "in its own model", "return_in_model"))
              .add(curve(of, "for real", "return"))
              .level("expert", -mean(experts.numbers("return")))
              .level("given up", -NEVER)
              .svg());
    }
    return Panels.grid(charts, charts.size(), WIDTH, HEIGHT);
  }

  /** Steps, policy by policy, over seeds and episodes. */
  private static Series curve(Table of, String label, String column) {
    List<String> policies = of.values("policy");
    double[][] lines = new double[4][policies.size()];
    for (int i = 0; i < policies.size(); i++) {
      double[] steps =
          Arrays.stream(of.where("policy", policies.get(i)).numbers(column))
              .map(value -> -value)
              .sorted()
              .toArray();
      lines[0][i] = Double.parseDouble(policies.get(i));
      lines[1][i] = Quantiles.of(steps, 0.5);
      lines[2][i] = Quantiles.of(steps, 0.25);
      lines[3][i] = Quantiles.of(steps, 0.75);
    }
    return new Series(label, lines[0], lines[1], lines[2], lines[3]);
  }
}
