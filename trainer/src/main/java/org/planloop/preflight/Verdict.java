package org.planloop.preflight;

import java.util.Map;

/**
 * Whether a candidate may fly.
 *
 * @param accepted whether it may
 * @param checked whether it was flown at all; what cannot be checked yet may fly, but is no policy
 *     to fall back on
 * @param reason what was measured, for the audit log
 * @param metrics the same by metric name
 */
public record Verdict(
    boolean accepted, boolean checked, String reason, Map<String, Double> metrics) {
  public Verdict {
    metrics = Map.copyOf(metrics);
  }
}
