package org.planloop.deploy.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.campaign.Summary.Standing;

/** What a person reads at the end of a run. */
final class FinalTable {
  private static final int SHOWN = 30;

  private FinalTable() {}

  static List<String> lines(Path folder, List<ProgressRow> rows, Summary summary) {
    List<String> out = new ArrayList<>();
    out.add("");
    out.add(
        String.format(
            "%9s %9s %18s %10s %18s %12s %12s",
            "iteration", "steps", "return", "best", "evaluation", "loss expert", "loss learner"));
    int skipped = Math.max(0, rows.size() - SHOWN);
    if (skipped > 0) {
      out.add(String.format("%9s", "... " + skipped + " more in progress.csv"));
    }
    for (ProgressRow row : rows.subList(skipped, rows.size())) {
      out.add(
          String.format(
              Locale.ROOT,
              "%9d %9d %18s %10s %18s %12s %12s%s",
              row.iteration(),
              row.envSteps(),
              ProgressLine.estimate(row.returnMean(), row.returnCi95()),
              ProgressLine.estimate(row.bestReturnMean(), java.util.OptionalDouble.empty()),
              ProgressLine.estimate(row.evalReturnMean(), row.evalReturnCi95()),
              ProgressLine.significant(row.modelLossExpert()),
              ProgressLine.significant(row.modelLossLearner()),
              remark(row)));
    }
    out.add("");
    out.add(standing("best policy", summary.best()));
    out.add(standing("last policy", summary.last()));
    summary.expert().ifPresent(expert -> out.add(standing("expert", expert)));
    summary.notes().forEach(note -> out.add("note: " + note));
    out.add("");
    out.add("run folder   " + folder + " (report.html, progress.csv, best/)");
    out.add("next         planloop eval " + folder + "    fly the best policy on fresh seeds");
    out.add("             planloop eval " + folder + " --render episode.html    watch it");
    out.add("             planloop act " + folder + "    ask it for actions");
    return out;
  }

  private static String remark(ProgressRow row) {
    String remark = row.fitFailed() ? "  fit failed" : "";
    if (row.crashes() > 0) {
      remark += "  " + row.crashes() + " crashed";
    }
    return row.failedEpisodes() > 0
        ? remark + "  " + row.failedEpisodes() + " episodes failed"
        : remark;
  }

  private static String standing(String name, Standing standing) {
    String who = standing.iteration() > 0 ? "pi_" + standing.iteration() + ", " : "";
    int episodes = standing.returns().episodes();
    String ground =
        switch (standing.selectedBy()) {
          case CONFIRMATION -> "on fresh seeds";
          case EVALUATION -> "on evaluation seeds";
          case COLLECTION -> "as flown";
        };
    return String.format(
        Locale.ROOT,
        "%-12s %s (%s%d episode%s %s)",
        name,
        ProgressLine.estimate(standing.returns().mean(), standing.returns().ci95()),
        who,
        episodes,
        episodes == 1 ? "" : "s",
        ground);
  }
}
