package org.planloop.planning;

import org.planloop.data.RandomStream;

/**
 * Finds actions by sampling plans in a model. Holds scratch space only; not safe for use by several
 * threads.
 */
public interface Planner {
  /**
   * Plans for G problems at once.
   *
   * @param problem G start states; scores are rewards, larger is better
   * @param memories shape [G], updated: the plan shifted by one step
   * @param random shape [G], consumed in an order that depends on the problem alone
   * @param actions result: the first action of each plan, shape [G, A], inside the action bounds
   * @throws PlanningException if every candidate of some problem scored NaN, naming the problem
   */
  void plan(
      PlanningProblem problem, PlanMemory[] memories, RandomStream[] random, double[] actions);
}
