package org.planloop.planning;

import org.planloop.dynamics.DynamicsModel;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Objective;

/**
 * G planning problems in one model.
 *
 * @param starts shape [G, S]
 * @param discount factor a step, in (0, 1]
 */
public record PlanningProblem(
    DynamicsModel model,
    Objective objective,
    ActionSpace.Box actions,
    double discount,
    int problems,
    float[] starts) {}
