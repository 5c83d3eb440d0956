package org.planloop.rollout;

import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.planloop.protocol.Task;
import org.planloop.protocol.WorkOrder;

/** What a dispatcher knows of a worker. */
final class WorkerTally {
  /** Weight of the newest job in the rate. */
  private static final double NEWEST = 0.25;

  private long seen;
  private long jobs;
  private long lastDone;
  private double stepsPerSecond;

  void seen(long now) {
    seen = now;
  }

  void flown(int steps, long now) {
    if (jobs++ > 0 && now > lastDone) {
      double rate = steps / ((now - lastDone) * 1e-9);
      stepsPerSecond = jobs == 2 ? rate : (1 - NEWEST) * stepsPerSecond + NEWEST * rate;
    }
    lastDone = now;
  }

  WorkerActivity activity(
      ActorRef<WorkOrder> worker, Optional<Task> task, double flyingSeconds, long now) {
    String host =
        worker.path().address().hasLocalScope() ? "local" : worker.path().address().hostPort();
    return new WorkerActivity(
        host + "/" + worker.path().name(),
        task,
        flyingSeconds,
        stepsPerSecond,
        jobs,
        (now - seen) * 1e-9);
  }
}
