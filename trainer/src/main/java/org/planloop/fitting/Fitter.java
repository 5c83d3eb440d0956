package org.planloop.fitting;

import java.util.Optional;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.replay.ReplayView;

/** Fits one family of models to a mixture of the two sides. */
public interface Fitter {
  /**
   * @param data both sides in canonical order
   * @param expertFraction weight of the expert's side, from 0 (learner only) to 1 (expert only),
   *     exact in every batch or by row weights
   * @param previous the model of the iteration before, where there is one: incumbent of a tie,
   *     start of a warm fit
   * @param random consumed in an order that depends on the data's sizes alone
   * @throws FitException if a side that the mixture needs is empty, or the fit diverges and cannot
   *     be restarted
   */
  Fitted fit(
      ReplayView data,
      double expertFraction,
      Optional<ModelParameters> previous,
      RandomStream random);
}
