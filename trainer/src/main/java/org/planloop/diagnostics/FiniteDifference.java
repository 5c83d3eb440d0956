package org.planloop.diagnostics;

/**
 * The performance difference in finite MDPs, exactly, in three forms with one sum: from four
 * returns; expanded, as what the model gets wrong along real occupancies; and lazily, with the
 * learner's value in the model throughout.
 *
 * <p>With V the value of a policy in the model, d its discounted occupancy for real, and T W(s, a)
 * = E[r + discount W(s')] the backup of a world:
 *
 * <pre>
 *   learnerFit = sum over d_learner of (T_real - T_model) V_learner
 *   expertFit  = sum over d_expert  of (T_model - T_real) V_expert
 * </pre>
 *
 * Both run over real states, those of the learner and those of the expert: hence half and half. The
 * lazy form (Vemula et al. 2023, equation of PDAM) needs no value of the expert: its expertFit is
 * taken at V_learner, and its planning term
 *
 * <pre>
 *   planning   = sum over d_expert  of V_learner(s) - T_model V_learner(s, a)
 * </pre>
 *
 * asks of the planner no more than to be as good as the expert's action, on the expert's states.
 */
public final class FiniteDifference {
  private final FiniteProcess real;
  private final FiniteProcess model;
  private final double[] learner;
  private final double[] expert;
  private final double[] start;

  /**
   * @param real the true MDP
   * @param model the learned one, of the same states and actions
   * @param learner probabilities of its actions, shape [S, A]
   * @param expert likewise
   * @param start probabilities of the first state, shape [S]
   */
  public FiniteDifference(
      FiniteProcess real, FiniteProcess model, double[] learner, double[] expert, double[] start) {
    this.real = real;
    this.model = model;
    this.learner = learner.clone();
    this.expert = expert.clone();
    this.start = start.clone();
  }

  /** From the four returns. */
  public PerformanceDifference ofReturns() {
    return PerformanceDifference.ofReturns(
        expected(real, learner),
        expected(real, expert),
        expected(model, learner),
        expected(model, expert));
  }

  /** From the model's errors along real occupancies. */
  public PerformanceDifference expanded() {
    double[] valueOfLearner = model.values(learner);
    double[] valueOfExpert = model.values(expert);
    return new PerformanceDifference(
        gained(real, model, real.occupancy(learner, start), valueOfLearner),
        gained(model, real, real.occupancy(expert, start), valueOfExpert),
        dot(start, valueOfLearner) - dot(start, valueOfExpert));
  }

  /** With the learner's value in the model throughout. */
  public PerformanceDifference lazy() {
    double[] values = model.values(learner);
    double[] visits = real.occupancy(expert, start);
    double[] better = model.backup(values);
    double planning = 0;
    for (int pair = 0; pair < visits.length; pair++) {
      planning += visits[pair] * (values[pair / model.actions()] - better[pair]);
    }
    return new PerformanceDifference(
        gained(real, model, real.occupancy(learner, start), values),
        gained(model, real, visits, values),
        planning);
  }

  private double expected(FiniteProcess world, double[] policy) {
    return dot(start, world.values(policy));
  }

  /** The sum over {@code visits} of (T_one - T_other) V. */
  private static double gained(
      FiniteProcess one, FiniteProcess other, double[] visits, double[] values) {
    return dot(visits, one.backup(values)) - dot(visits, other.backup(values));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
