package org.planloop.rollout;

/** Whether anybody watches a candidate while it collects data. */
public enum Supervision {
  /** It flies to the end of its episodes, whatever happens. */
  NONE,
  /** It flies while it stays in an envelope; outside, a rescuer does. */
  ENVELOPE
}
