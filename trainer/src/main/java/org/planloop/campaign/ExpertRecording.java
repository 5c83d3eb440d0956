package org.planloop.campaign;

import java.util.ArrayList;
import java.util.List;
import org.planloop.data.TransitionBatch;

/** Recorded expert data: its rows, and what its episodes returned. */
public record ExpertRecording(TransitionBatch rows, List<Double> returns) {
  public ExpertRecording {
    returns = List.copyOf(returns);
  }

  /**
   * @param rows episodes one after the other
   * @param discount factor a step in the returns
   */
  public static ExpertRecording of(TransitionBatch rows, double discount) {
    List<Double> returns = new ArrayList<>();
    double sum = 0;
    double factor = 1;
    for (int row = 0; row < rows.size(); row++) {
      if (row > 0 && rows.episodes()[row] != rows.episodes()[row - 1]) {
        returns.add(sum);
        sum = 0;
        factor = 1;
      }
      sum += factor * rows.rewards()[row];
      factor *= discount;
    }
    if (rows.size() > 0) {
      returns.add(sum);
    }
    return new ExpertRecording(rows, returns);
  }
}
