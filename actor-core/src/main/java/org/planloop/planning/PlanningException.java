package org.planloop.planning;

/**
 * No plan could be found: the model diverges for every candidate, or no feedback law stabilises it.
 */
public final class PlanningException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PlanningException(String message) {
    super(message);
  }
}
