package org.planloop.rollout;

import java.util.Optional;
import org.planloop.protocol.Task;

/**
 * What a worker does.
 *
 * @param address of its node, and its name there
 * @param task what it flies
 * @param flyingSeconds since the job was first given out; 0 while idle
 * @param stepsPerSecond transitions a second over the newest jobs, waiting between them included
 * @param jobs flown so far
 * @param silentSeconds since it was last heard of
 */
public record WorkerActivity(
    String address,
    Optional<Task> task,
    double flyingSeconds,
    double stepsPerSecond,
    long jobs,
    double silentSeconds) {}
