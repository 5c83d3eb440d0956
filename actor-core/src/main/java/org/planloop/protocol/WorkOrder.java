package org.planloop.protocol;

/** What a dispatcher tells a worker. */
public sealed interface WorkOrder extends WireMessage {
  Task task();

  /**
   * A job for the worker that pulled.
   *
   * @param pull the number of the pull that this answers
   */
  record Assignment(long pull, Task task) implements WorkOrder {}

  /**
   * Nobody waits for this job any more, or not for this worker: whoever flies it stops. What is
   * already stored does no harm.
   */
  record Revoked(Task task) implements WorkOrder {}
}
