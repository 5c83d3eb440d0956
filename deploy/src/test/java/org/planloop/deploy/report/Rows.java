package org.planloop.deploy.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.planloop.campaign.Diagnosis;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.ReturnEstimate;
import org.planloop.campaign.SelectedBy;
import org.planloop.campaign.Strategy;
import org.planloop.campaign.Summary;

/** Rows and summaries as a campaign would give them. */
public final class Rows {
  private Rows() {}

  /** Row {@code i} of a swing-up that is solved in its fourth iteration. */
  public static ProgressRow row(int i) {
    double value = Math.min(180, 46.25 * i);
    return new ProgressRow(
        i,
        200L * i,
        200,
        400L * i,
        1.5 * i,
        OptionalDouble.of(value),
        OptionalDouble.empty(),
        OptionalDouble.of(value),
        OptionalDouble.of(value - 2),
        OptionalDouble.of(3.5),
        OptionalDouble.of(1e-5 * i),
        i == 1 ? OptionalDouble.empty() : OptionalDouble.of(0.02 / i),
        OptionalDouble.of(0.5),
        i,
        0,
        0,
        1,
        0,
        false,
        0.7,
        0.6,
        0.2,
        Map.of("train/steps", 3000.0),
        i == 1
            ? Optional.empty()
            : Optional.of(
                new Diagnosis(
                    List.of(90.0, 90.0),
                    List.of(100.0, 100.0),
                    List.of(110.0, 110.0),
                    List.of(105.0, 105.0),
                    2,
                    400L * i)));
  }

  /** Rows 1 to {@code n}. */
  public static List<ProgressRow> rows(int n) {
    return IntStream.rangeClosed(1, n).mapToObj(Rows::row).toList();
  }

  /** The summary after {@code n} rows. */
  public static Summary summary(int n) {
    return new Summary(
        "cartpole-swingup",
        Strategy.MIXED,
        7,
        200L * n,
        12.3456,
        n,
        new Summary.Standing(n, ReturnEstimate.of(179.5, 180.5, 180.25), SelectedBy.CONFIRMATION),
        new Summary.Standing(n, ReturnEstimate.of(180), SelectedBy.COLLECTION),
        Optional.of(new Summary.Standing(0, ReturnEstimate.of(179.75), SelectedBy.COLLECTION)),
        List.of("one <note>"));
  }
}
