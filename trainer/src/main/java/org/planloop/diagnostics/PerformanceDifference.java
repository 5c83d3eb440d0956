package org.planloop.diagnostics;

/**
 * Why a learner returns more or less than the expert, in three terms that add up to the difference
 * for real (the performance difference via planning in the model, Ross and Bagnell 2012; Vemula et
 * al. 2023). All of it in returns, larger is better; the sources count costs, so that what they
 * call positive is negative here.
 *
 * <pre>
 *   real(learner) - real(expert) =   [real(learner) - model(learner)]    learnerFit
 *                                  + [model(expert) - real(expert)]      expertFit
 *                                  + [model(learner) - model(expert)]    planning
 * </pre>
 *
 * @param learnerFit what the learner gets for real beyond what the model promises it; far below 0
 *     is model exploitation: fit on the learner's data
 * @param expertFit what the model promises the expert beyond what it gets for real; below 0 the
 *     model does not believe the expert: fit on the expert's data
 * @param planning what the learner gets in the model beyond the expert there; below 0 the planner
 *     has missed a plan that the expert knows
 */
public record PerformanceDifference(double learnerFit, double expertFit, double planning) {

  /** The terms of four returns. */
  public static PerformanceDifference ofReturns(
      double realLearner, double realExpert, double modelLearner, double modelExpert) {
    return new PerformanceDifference(
        realLearner - modelLearner, modelExpert - realExpert, modelLearner - modelExpert);
  }

  /** real(learner) - real(expert), the sum of the terms. */
  public double gap() {
    return learnerFit + expertFit + planning;
  }
}
