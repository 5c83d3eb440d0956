package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.planloop.campaign.Strategy;
import org.planloop.deploy.report.LineChart;
import org.planloop.deploy.report.LineChart.Series;
import org.planloop.deploy.report.Panels;
import org.planloop.deploy.report.Quantiles;

/**
 * What {@link WithoutCrashingStudy} says of its tables.
 *
 * @param envelopes a row a campaign, by delay, expert, envelope and seed
 * @param preflights a row a campaign, by expert, check and seed; delay 1
 * @param rail a row a campaign, by strategy, envelope and seed
 */
record WithoutCrashingFindings(Table envelopes, Table preflights, Table rail) {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 340;

  /** Mean cost of the expert for delay 0 and 1, measured over 1,000 seeds. */
  private static final double[] EXPERT = {48.7, 62.4};

  /** Half the limits: times fewer real crashes than without supervision. */
  private static final double FEWER = 50;

  /** Means over 20 seeds that share their gusts are told apart from here on. */
  private static final double NO_WORSE = 1.05;

  private Table arm(int delay, String noise, String width) {
    return envelopes.where("delay", delay).where("expert", noise).where("envelope", width);
  }

  private Table check(String noise, String name) {
    return preflights.where("expert", noise).where("check", name);
  }

  private static int sum(Table arm, String column) {
    return (int) Arrays.stream(arm.numbers(column)).sum();
  }

  private static double mean(Table arm) {
    return Arrays.stream(arm.numbers("final_cost")).average().orElse(Double.NaN);
  }

  /** Crashes in a thousand episodes. */
  private static double rate(Table arm) {
    return 1000.0 * sum(arm, "crashes") / sum(arm, "episodes");
  }

  private int crashes(String width) {
    int crashes = 0;
    for (int delay = 0; delay < 2; delay++) {
      for (String noise : SafetyFlights.NOISES) {
        crashes += sum(arm(delay, noise, width), "crashes");
      }
    }
    return crashes;
  }

  /** Crashes and final cost against the width, one panel for each and each delay. */
  String envelopeFigure() {
    List<String> charts = new ArrayList<>();
    for (int delay = 0; delay < 2; delay++) {
      LineChart crashes =
          new LineChart(
                  "delay " + delay + ": crashes in 1,000 episodes, by share of the limits",
                  "",
                  "crashes",
                  WIDTH,
                  HEIGHT)
              .categories(SafetyFlights.WIDTHS);
      for (String noise : SafetyFlights.NOISES) {
        double[] y = new double[SafetyFlights.WIDTHS.size()];
        for (int i = 0; i < y.length; i++) {
          y[i] = rate(arm(delay, noise, SafetyFlights.WIDTHS.get(i)));
        }
        crashes.add(Series.of(noise, places(y.length), y));
      }
      charts.add(crashes.svg());
    }
    for (int delay = 0; delay < 2; delay++) {
      LineChart cost =
          new LineChart(
                  "delay " + delay + ": last policy alone, by share of the limits",
                  "",
                  "cost of 400 steps",
                  WIDTH,
                  HEIGHT)
              .logarithmic()
              .categories(SafetyFlights.WIDTHS);
      for (String noise : SafetyFlights.NOISES) {
        List<Table> arms = new ArrayList<>();
        for (String width : SafetyFlights.WIDTHS) {
          arms.add(arm(delay, noise, width));
        }
        cost.add(spread(noise, arms));
      }
      charts.add(cost.level("expert", EXPERT[delay]).svg());
    }
    return Panels.grid(charts, 2, WIDTH, HEIGHT);
  }

  /** Crashes and refusals by check, and the final cost. */
  String preflightFigure() {
    LineChart crashes =
        new LineChart(
                "delay 1, by check: share of flights that crash, of candidates refused",
                "",
                "share",
                WIDTH,
                HEIGHT)
            .categories(SafetyFlights.CHECKS);
    LineChart cost =
        new LineChart(
                "delay 1, by check: last policy, median and quartiles",
                "",
                "cost of 400 steps",
                WIDTH,
                HEIGHT)
            .logarithmic()
            .categories(SafetyFlights.CHECKS);
    for (String noise : SafetyFlights.NOISES) {
      List<Table> arms = SafetyFlights.CHECKS.stream().map(name -> check(noise, name)).toList();
      crashes.add(shares(noise + " crashes", arms, "crashes"));
      crashes.add(shares(noise + " refused", arms, "refused"));
      cost.add(spread(noise, arms));
    }
    return Panels.grid(
        List.of(crashes.svg(), cost.level("expert", EXPERT[1]).svg()), 2, WIDTH, HEIGHT);
  }

  private static Series shares(String label, List<Table> arms, String column) {
    double[] y =
        arms.stream()
            .mapToDouble(
                arm ->
                    (double) sum(arm, column)
                        / (column.equals("refused") ? candidates(arm) : sum(arm, "episodes")))
            .toArray();
    return Series.of(label, places(y.length), y);
  }

  private static Series spread(String label, List<Table> arms) {
    double[][] bands = new double[3][arms.size()];
    for (int i = 0; i < arms.size(); i++) {
      double[] sorted = arms.get(i).numbers("final_cost");
      Arrays.sort(sorted);
      for (int q = 0; q < bands.length; q++) {
        bands[q][i] = Quantiles.of(sorted, 0.25 * (q + 1));
      }
    }
    return new Series(label, places(arms.size()), bands[1], bands[0], bands[2]);
  }

  private static double[] places(int count) {
    return IntStream.range(0, count).asDoubleStream().toArray();
  }

  String text() {
    int free = crashes(SafetyFlights.NONE);
    int half = crashes(SafetyFlights.HALF);
    return String.format(
        Locale.ROOT,
        """
        Over both delays and both experts the unsupervised learner crashed %d times, the one that may fly in half of the crash limits %d times%s. The four
        arms: %s (half the limits, no supervision). The last policy of half the limits, flown alone, costs %.1f on average
        at delay 1 with a little noise on the expert's controls, the unsupervised one %.1f (expert: %.1f); at delay 0 it is %.1f and %.1f (expert: %.1f). Data from the states that matter teaches more than the tumble after them. At %s of the limits the learner hardly
        sees its own states and fails as the expert's data alone does: %d of %d last policies crash, against %d without any flight of its own.

        A check in the learned model is fooled by the very errors that the planner exploits: %d crashes in %d iterations at delay 1 (nu_en), %d without it, and it
        refuses %d. Flown in five models of a bootstrap through the noise that they were fitted through, %d candidates are refused and %d flights crash; with
        the envelope on top %d. A simulator that is stricter than the truth refuses everything (%d of %d candidates): no crash, and nothing learned, because
        the expert flies for ever.

        On the rail the swing-up's learner, beginning with random actions, crashed %d times in %d unsupervised episodes and %d times in %d within three
        quarters of the way to its ends; with the expert's data (MIXED) it crashed %d and %d times. The last policies of MIXED, flown alone, return %.0f and %.0f.
        """,
        free,
        half,
        half > 0 ? String.format(Locale.ROOT, " (%.0f times fewer)", (double) free / half) : "",
        eachArm(),
        mean(arm(1, "nu_en", SafetyFlights.HALF)),
        mean(arm(1, "nu_en", SafetyFlights.NONE)),
        EXPERT[1],
        mean(arm(0, "nu_en", SafetyFlights.HALF)),
        mean(arm(0, "nu_en", SafetyFlights.NONE)),
        EXPERT[0],
        SafetyFlights.NARROW,
        lastCrashed(SafetyFlights.NARROW),
        envelopes.where("envelope", SafetyFlights.NARROW).rows().size(),
        lastCrashed(SafetyFlights.EXPERT_ONLY),
        sum(check("nu_en", SafetyFlights.MODEL), "crashes"),
        sum(check("nu_en", SafetyFlights.MODEL), "episodes"),
        sum(check("nu_en", SafetyFlights.OFF), "crashes"),
        sum(check("nu_en", SafetyFlights.MODEL), "refused"),
        sum(check("nu_en", SafetyFlights.BOOTSTRAP), "refused"),
        sum(check("nu_en", SafetyFlights.BOOTSTRAP), "crashes"),
        sum(check("nu_en", SafetyFlights.BOTH), "crashes"),
        sum(check("nu_en", SafetyFlights.STRICT), "refused"),
        candidates(check("nu_en", SafetyFlights.STRICT)),
        sum(rail(Strategy.LEARNER_ONLY, SafetyFlights.NONE), "crashes"),
        sum(rail(Strategy.LEARNER_ONLY, SafetyFlights.NONE), "episodes"),
        sum(rail(Strategy.LEARNER_ONLY, SafetyFlights.WIDE), "crashes"),
        sum(rail(Strategy.LEARNER_ONLY, SafetyFlights.WIDE), "episodes"),
        sum(rail(Strategy.MIXED, SafetyFlights.NONE), "crashes"),
        sum(rail(Strategy.MIXED, SafetyFlights.WIDE), "crashes"),
        -mean(rail(Strategy.MIXED, SafetyFlights.NONE)),
        -mean(rail(Strategy.MIXED, SafetyFlights.WIDE)));
  }

  private Table rail(Strategy strategy, String width) {
    return rail.where("strategy", strategy).where("envelope", width);
  }

  private int lastCrashed(String width) {
    return sum(envelopes.where("envelope", width), "final_crashed");
  }

  /** One an iteration, and the first. */
  private static int candidates(Table arm) {
    return sum(arm, "episodes") + arm.rows().size();
  }

  /**
   * @param full whether the reference numbers, for 20 seeds and 50 iterations, can be held against
   *     this run
   */
  List<Claim> claims(boolean full) {
    List<Claim> claims = new ArrayList<>();
    int free = crashes(SafetyFlights.NONE);
    int half = crashes(SafetyFlights.HALF);
    claims.add(
        new Claim(
            "at half the limits at least "
                + (int) FEWER
                + " times fewer real crashes than unsupervised, over all four arms",
            half + " against " + free + " (" + eachArm() + ")",
            free > 0 && FEWER * half <= free));
    claims.add(railIsNotHit());
    claims.add(strictRefusesAll());
    claims.add(envelopeAndCheck());
    if (full) {
      for (int delay = 0; delay < 2; delay++) {
        for (String noise : SafetyFlights.NOISES) {
          claims.add(noWorse(delay, noise));
          claims.add(starves(delay, noise));
        }
      }
      claims.add(within("nu_en", SafetyFlights.OFF, 202, 0));
      claims.add(within("nu_e", SafetyFlights.OFF, 274, 0));
      claims.add(within("nu_en", SafetyFlights.MODEL, 201, 13));
      claims.add(within("nu_e", SafetyFlights.MODEL, 224, 70));
      claims.add(within("nu_en", SafetyFlights.BOOTSTRAP, 75, 218));
      claims.add(within("nu_e", SafetyFlights.BOOTSTRAP, 41, 329));
    }
    return claims;
  }

  private String eachArm() {
    List<String> arms = new ArrayList<>();
    for (int delay = 0; delay < 2; delay++) {
      for (String noise : SafetyFlights.NOISES) {
        arms.add(
            String.format(
                Locale.ROOT,
                "delay %d, %s: %d and %d",
                delay,
                noise,
                sum(arm(delay, noise, SafetyFlights.HALF), "crashes"),
                sum(arm(delay, noise, SafetyFlights.NONE), "crashes")));
      }
    }
    return String.join("; ", arms);
  }

  private Claim noWorse(int delay, String noise) {
    double half = mean(arm(delay, noise, SafetyFlights.HALF));
    double free = mean(arm(delay, noise, SafetyFlights.NONE));
    return new Claim(
        "delay "
            + delay
            + ", "
            + noise
            + ": half the limits end no worse than no supervision (mean)",
        String.format(Locale.ROOT, "%.1f against %.1f", half, free),
        half <= NO_WORSE * free);
  }

  private Claim starves(int delay, String noise) {
    Table narrow = arm(delay, noise, SafetyFlights.NARROW);
    double half = mean(arm(delay, noise, SafetyFlights.HALF));
    return new Claim(
        "delay "
            + delay
            + ", "
            + noise
            + ": 0.15 of the limits starves the learner: no crash in learning, a far worse last"
            + " policy (mean)",
        String.format(
            Locale.ROOT,
            "%d crashes; %.0f against %.1f",
            sum(narrow, "crashes"),
            mean(narrow),
            half),
        sum(narrow, "crashes") == 0 && mean(narrow) > 2 * half);
  }

  private Claim railIsNotHit() {
    int free = sum(rail(Strategy.LEARNER_ONLY, SafetyFlights.NONE), "crashes");
    int watched = sum(rail(Strategy.LEARNER_ONLY, SafetyFlights.WIDE), "crashes");
    return new Claim(
        "the rail's end is hit by a learner that begins with random actions, and less within three"
            + " quarters of the way to it",
        free + " and " + watched + " crashes",
        watched < free);
  }

  private Claim strictRefusesAll() {
    int refused = 0;
    int candidates = 0;
    int crashes = 0;
    for (String noise : SafetyFlights.NOISES) {
      Table strict = check(noise, SafetyFlights.STRICT);
      refused += sum(strict, "refused");
      candidates += candidates(strict);
      crashes += sum(strict, "crashes");
    }
    return new Claim(
        "a strict simulator refuses everything, and nothing crashes",
        refused + " of " + candidates + " refused, " + crashes + " crashes",
        refused == candidates && crashes == 0);
  }

  private Claim envelopeAndCheck() {
    int both = 0;
    int alone = 0;
    for (String noise : SafetyFlights.NOISES) {
      both += sum(check(noise, SafetyFlights.BOTH), "crashes");
      alone += sum(check(noise, SafetyFlights.BOOTSTRAP), "crashes");
    }
    return new Claim(
        "check and envelope together crash less than the check alone",
        both + " against " + alone,
        both < alone);
  }

  /**
   * The reference is one run of 400; seeds cluster, so it is held against with the seeds' spread.
   */
  private Claim within(String noise, String name, int crashes, int refused) {
    Table arm = check(noise, name);
    double scale = 400.0 / sum(arm, "episodes");
    double foundCrashes = scale * sum(arm, "crashes");
    double foundRefused = scale * sum(arm, "refused");
    double crashSpread = spread(arm, "crashes");
    double refusedSpread = spread(arm, "refused");
    return new Claim(
        String.format(
            Locale.ROOT,
            "delay 1, %s, check %s: %d crashes and %d refusals in 400 (two standard errors of two"
                + " such runs: %.0f and %.0f)",
            noise,
            name,
            crashes,
            refused,
            crashSpread,
            refusedSpread),
        String.format(Locale.ROOT, "%.0f and %.0f", foundCrashes, foundRefused),
        Math.abs(foundCrashes - crashes) <= crashSpread
            && Math.abs(foundRefused - refused) <= refusedSpread);
  }

  /** Twice the standard deviation of the difference of two sums over 20 seeds. */
  private static double spread(Table arm, String column) {
    double[] values = arm.numbers(column);
    double mean = Arrays.stream(values).average().orElse(0);
    double variance =
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum()
            / Math.max(1, values.length - 1);
    return 2 * Math.sqrt(2 * 20 * variance);
  }
}
