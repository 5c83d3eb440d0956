package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.planloop.campaign.AuditEntry.Decision;
import org.planloop.campaign.Strategy;
import org.planloop.deploy.reproduce.Campaigns.Flown;
import org.planloop.deploy.reproduce.Campaigns.Order;

/** The campaigns of {@link WithoutCrashingStudy} and what is kept of them: one row a campaign. */
final class SafetyFlights {
  /** What an episode of the helicopter costs at least that went down: 15 for every step after. */
  static final double CRASHED = 200;

  static final String NONE = "none";
  static final String HALF = "0.5";
  static final String WIDE = "0.75";
  static final String NARROW = "0.15";
  static final String EXPERT_ONLY = "expert only";
  static final String OFF = "off";
  static final String MODEL = "model";
  static final String BOOTSTRAP = "bootstrap";
  static final String STRICT = "strict simulator";
  static final String BOTH = "bootstrap, envelope";

  /** From no flight of one's own to every flight to its end. */
  static final List<String> WIDTHS = List.of(EXPERT_ONLY, NARROW, "0.3", HALF, NONE);

  static final List<String> CHECKS = List.of(OFF, MODEL, BOOTSTRAP, STRICT, BOTH);
  static final List<String> NOISES = List.of("nu_en", "nu_e");

  /** Of the rail, whose end is a crash: a share of the way to it. */
  static final List<String> RAIL_WIDTHS = List.of(HALF, WIDE, NONE);

  static final List<Strategy> RAIL_STRATEGIES = List.of(Strategy.MIXED, Strategy.LEARNER_ONLY);

  private static final String HOVER = "helicopter-hover";

  private SafetyFlights() {}

  /** The helicopter under supervision: delay, noise on the expert's controls, width, seed. */
  static Table envelopes(StudySetting setting, String name, int seeds, int iterations) {
    List<Order> orders = new ArrayList<>();
    for (int delay = 0; delay < 2; delay++) {
      for (String noise : NOISES) {
        for (String width : WIDTHS) {
          List<String> settings = hover(delay, noise, iterations);
          settings.addAll(envelope(width));
          Strategy strategy = width.equals(EXPERT_ONLY) ? Strategy.EXPERT_ONLY : Strategy.MIXED;
          add(orders, HOVER, List.of("" + delay, noise, width), strategy, seeds, settings);
        }
      }
    }
    return fly(setting, name, List.of("delay", "expert", "envelope"), orders);
  }

  /** The helicopter with a pre-flight check, delay 1: noise, check, seed. */
  static Table preflights(StudySetting setting, String name, int seeds, int iterations) {
    List<Order> orders = new ArrayList<>();
    for (String noise : NOISES) {
      for (String check : CHECKS) {
        List<String> settings = hover(1, noise, iterations);
        settings.addAll(check(check));
        add(orders, HOVER, List.of(noise, check), Strategy.MIXED, seeds, settings);
      }
    }
    return fly(setting, name, List.of("expert", "check"), orders);
  }

  /**
   * The swing-up on a rail whose end is a crash, with the neural ensemble: strategy, width, seed.
   * The learner alone begins with random actions; with the expert's data it begins with a model of
   * that.
   */
  static Table rail(StudySetting setting, String name, int seeds) {
    List<Order> orders = new ArrayList<>();
    for (Strategy strategy : RAIL_STRATEGIES) {
      for (String width : setting.quick() ? List.of(WIDE, NONE) : RAIL_WIDTHS) {
        List<String> settings = new ArrayList<>();
        settings.add("environment.rail=crash");
        settings.add("environment.rail-end=1");
        settings.add("expert.kind=mpc");
        settings.add("campaign.steps-per-iteration=0");
        settings.add("campaign.episodes-per-iteration=1");
        settings.add("campaign.iterations=" + (setting.quick() ? 2 : 6));
        settings.add("evaluation.episodes=1");
        settings.add("evaluation.first-episodes=1");
        settings.add("evaluation.confirm-episodes=0");
        settings.add("trainer.steps=" + (setting.quick() ? 300 : 1500));
        settings.addAll(envelope(width));
        add(orders, "cartpole-swingup", List.of(strategy.name(), width), strategy, seeds, settings);
      }
    }
    return fly(setting, name, List.of("strategy", "envelope"), orders);
  }

  private static List<String> hover(int delay, String noise, int iterations) {
    List<String> settings = new ArrayList<>();
    settings.add("environment.delay=" + delay);
    settings.add("campaign.iterations=" + iterations);
    settings.add("campaign.keep-iterations=1");
    settings.add("expert.control-noise=" + (noise.equals("nu_en") ? "0.01" : "0"));
    settings.add("evaluation.confirm-episodes=0");
    return settings;
  }

  private static List<String> envelope(String width) {
    return switch (width) {
      case NONE -> List.of();
      // Its own rows are ignored whatever they are: the expert flies from the first gust on.
      case EXPERT_ONLY -> List.of("rollout.supervision=envelope", "rollout.envelope.fraction=0.01");
      default -> List.of("rollout.supervision=envelope", "rollout.envelope.fraction=" + width);
    };
  }

  private static List<String> check(String name) {
    List<String> settings = new ArrayList<>();
    settings.add("preflight.episodes=1");
    settings.addAll(
        switch (name) {
          case MODEL -> List.of("preflight.kind=model");
          case BOOTSTRAP -> List.of("preflight.kind=bootstrap");
          // A helicopter that answers five steps late: nothing that is planned here holds it.
          case STRICT ->
              List.of(
                  "preflight.kind=simulator",
                  "preflight.environment=" + HOVER,
                  "preflight.options.delay=5");
          case BOTH -> List.of("preflight.kind=bootstrap", "rollout.supervision=envelope");
          default -> List.of();
        });
    return settings;
  }

  private static void add(
      List<Order> orders,
      String experiment,
      List<String> arm,
      Strategy strategy,
      int seeds,
      List<String> settings) {
    LongStream.range(0, seeds)
        .forEach(
            seed ->
                orders.add(new Order(String.join("|", arm), experiment, strategy, seed, settings)));
  }

  private record Result(
      Order order,
      int episodes,
      double crashes,
      double interventions,
      double steps,
      long refused,
      double last) {
    static Result of(Flown flown) {
      return new Result(
          flown.order(),
          flown.progress().rows().size(),
          sum(flown.progress().column("crashes")),
          sum(flown.progress().column("interventions")),
          flown.progress().last("env_steps"),
          flown.decisions().stream().filter(entry -> entry.decision() == Decision.REFUSED).count(),
          flown.summary().last().returns().mean().orElse(Double.NaN));
    }

    private static double sum(double[] values) {
      return java.util.Arrays.stream(values).sum();
    }
  }

  /** A crash on the rail costs what is left of 200 steps: nothing short of one is below 0. */
  private static boolean crashed(Result result) {
    return result.last() < (result.order().experiment().equals(HOVER) ? -CRASHED : 0);
  }

  private static Table fly(
      StudySetting setting, String name, List<String> keys, List<Order> orders) {
    List<String> columns = new ArrayList<>(keys);
    columns.addAll(
        List.of(
            "seed",
            "episodes",
            "crashes",
            "interventions",
            "steps",
            "refused",
            "final_cost",
            "final_crashed"));
    Table.Rows rows = Table.of(name, columns.toArray(String[]::new));
    for (Result result : setting.campaigns().fly(orders, Result::of, setting)) {
      List<Object> cells = new ArrayList<>(List.of(result.order().arm().split("\\|")));
      cells.add(result.order().seed());
      cells.add(result.episodes());
      cells.add((long) result.crashes());
      cells.add((long) result.interventions());
      cells.add((long) result.steps());
      cells.add(result.refused());
      cells.add(-result.last());
      cells.add(crashed(result) ? 1 : 0);
      rows.add(cells.toArray());
    }
    return rows.done();
  }
}
