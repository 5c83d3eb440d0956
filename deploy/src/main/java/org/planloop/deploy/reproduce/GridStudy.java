package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.planloop.campaign.Strategy;
import org.planloop.deploy.reproduce.Campaigns.Order;

/** What the studies of the two grid worlds share: three campaigns, two tables, one picture. */
record GridStudy(Table flights, Table beliefs, Figure figure) {
  static final int ITERATIONS = 6;

  /** What the trophy is worth at the end of the expert's way: 10 x 0.9^2. */
  static final double TROPHY = 8.1;

  private static final List<Strategy> STRATEGIES =
      List.of(Strategy.EXPERT_ONLY, Strategy.LEARNER_ONLY, Strategy.MIXED);

  /** Flies the three strategies in a bundled grid world. */
  static GridStudy fly(String name, String experiment, StudySetting setting) {
    List<Order> orders = new ArrayList<>();
    for (Strategy strategy : STRATEGIES) {
      orders.add(order(experiment, strategy, "campaign.iterations=" + ITERATIONS));
    }
    List<GridCampaign> campaigns =
        setting
            .campaigns()
            .fly(orders, flown -> GridCampaign.of(flown, setting.campaigns().parts()), setting);
    Table.Rows flights = Table.of(name, GridCampaign.COLUMNS.toArray(String[]::new));
    Table.Rows beliefs =
        Table.of(name + "-beliefs", GridCampaign.BELIEF_COLUMNS.toArray(String[]::new));
    for (GridCampaign campaign : campaigns) {
      campaign.addTo(flights);
      campaign.addBeliefsTo(beliefs);
    }
    Table flown = flights.done();
    Table believed = beliefs.done();
    GridCampaign first = campaigns.get(0);
    String svg = new GridPicture(first.map(), first.expertPath(), flown, believed).svg();
    return new GridStudy(flown, believed, new Figure(name, svg));
  }

  static Order order(String experiment, Strategy strategy, String... settings) {
    return new Order(strategy.name(), experiment, strategy, 0, List.of(settings));
  }

  /** A column of one strategy, iteration by iteration. */
  double[] of(Strategy strategy, String column) {
    return flights.where("strategy", strategy.name()).numbers(column);
  }

  /** The last number of a column of one strategy. */
  double last(Strategy strategy, String column) {
    double[] values = of(strategy, column);
    return values[values.length - 1];
  }

  /** A strategy that keeps to one number for ever, and what else it found. */
  Claim always(String statement, Strategy strategy, String column, double value) {
    double[] found = of(strategy, column);
    return new Claim(
        statement, sequence(found), Arrays.stream(found).allMatch(number -> same(number, value)));
  }

  /** A strategy that ends at the trophy. */
  Claim endsAtTheTrophy(String statement, Strategy strategy) {
    return new Claim(
        statement,
        "returns " + sequence(of(strategy, "return")),
        same(last(strategy, "return"), TROPHY));
  }

  static boolean same(double a, double b) {
    return Math.abs(a - b) < 1e-12;
  }

  /** Numbers with commas, rounded to what is read. */
  static String sequence(double... values) {
    return String.join(
        ", ",
        Arrays.stream(values)
            .mapToObj(value -> org.planloop.data.PlainDecimal.text(Math.rint(value * 1e6) / 1e6))
            .toList());
  }
}
