package org.planloop.diagnostics;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Objective;
import org.planloop.planning.TabularBackup;

/**
 * A finite MDP in which a policy can be evaluated exactly, by solving linear equations: its values
 * and its discounted occupancy. A policy is a table of probabilities, shape [S, A].
 */
public final class FiniteProcess {
  /** Steps that a policy may take on average; beyond them it counts as endless. */
  private static final double ENDLESS = 1e14;

  private final TabularBackup backup;
  private final int states;
  private final int actions;

  public FiniteProcess(TabularBackup backup) {
    this.backup = backup;
    this.states = backup.states();
    this.actions = backup.actions();
  }

  /**
   * @param rewards expected reward of a step, shape [S, A]
   * @param weights discount times the probability of going on in s', shape [S, A, S]; what is
   *     missing to the discount is the probability of ending
   */
  public FiniteProcess(int states, int actions, double[] rewards, double[] weights) {
    this(new TabularBackup(states, actions, rewards.clone(), weights.clone()));
  }

  /**
   * A table with an objective, which knows states and actions as indices.
   *
   * @param discount factor a step, in (0, 1]
   */
  public static FiniteProcess of(
      ModelParameters.Tabular table, Objective objective, double discount) {
    return new FiniteProcess(TabularBackup.of(table, objective, discount));
  }

  /** Number of states S. */
  public int states() {
    return states;
  }

  /** Number of actions A. */
  public int actions() {
    return actions;
  }

  /**
   * Q(s, a) = E[r + discount V(s')], where V is worth nothing after an end.
   *
   * @param values V, shape [S]
   * @return shape [S, A]
   */
  public double[] backup(double[] values) {
    double[] result = new double[states * actions];
    Arrays.setAll(result, pair -> backup.value(pair, values));
    return result;
  }

  /**
   * The expected discounted return of a policy from each state.
   *
   * @param policy shape [S, A]
   * @return V, shape [S]
   * @throws IllegalArgumentException if the policy never ends at a discount of 1
   */
  public double[] values(double[] policy) {
    DMatrixRMaj paid = new DMatrixRMaj(states, 1);
    for (int pair = 0; pair < policy.length; pair++) {
      paid.data[pair / actions] += policy[pair] * backup.rewards()[pair];
    }
    return solve(goingOn(policy), paid);
  }

  /**
   * The discounted number of visits: sum over t of discount^t P(s_t = s, a_t = a).
   *
   * @param policy shape [S, A]
   * @param start probabilities of the first state, shape [S]
   * @return shape [S, A]
   * @throws IllegalArgumentException if the policy never ends at a discount of 1
   */
  public double[] occupancy(double[] policy, double[] start) {
    DMatrixRMaj matrix = goingOn(policy);
    CommonOps_DDRM.transpose(matrix);
    double[] visits = solve(matrix, new DMatrixRMaj(states, 1, true, start));
    double[] result = new double[states * actions];
    for (int pair = 0; pair < result.length; pair++) {
      result[pair] = visits[pair / actions] * policy[pair];
    }
    return result;
  }

  /** I - W, where W is the discounted probability of going on in s' under the policy. */
  private DMatrixRMaj goingOn(double[] policy) {
    DMatrixRMaj matrix = CommonOps_DDRM.identity(states);
    double[] weights = backup.weights();
    for (int pair = 0; pair < policy.length; pair++) {
      for (int next = 0; next < states; next++) {
        matrix.data[pair / actions * states + next] -= policy[pair] * weights[pair * states + next];
      }
    }
    return matrix;
  }

  private double[] solve(DMatrixRMaj matrix, DMatrixRMaj right) {
    DMatrixRMaj result = new DMatrixRMaj(states, 1);
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.linear(states);
    boolean solved = solver.setA(matrix);
    if (solved) {
      solver.solve(right, result);
    }
    double scale = CommonOps_DDRM.elementMaxAbs(right);
    for (double value : result.data) {
      solved &= Math.abs(value) <= ENDLESS * scale;
    }
    if (!solved) {
      throw new IllegalArgumentException(
          "the policy never ends and the discount is 1, so its return is infinite; set a discount"
              + " below 1");
    }
    return result.data;
  }
}
