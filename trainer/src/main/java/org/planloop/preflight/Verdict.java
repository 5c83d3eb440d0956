package org.planloop.preflight;

import java.util.Map;

/**
 * Whether a candidate may fly.
 *
 * @param reason what was measured, for the audit log
 * @param metrics the same by metric name
 */
public record Verdict(boolean accepted, String reason, Map<String, Double> metrics) {
  public Verdict {
    metrics = Map.copyOf(metrics);
  }
}
