package org.planloop.campaign;

/**
 * A decision about a policy: a line of {@code audit.jsonl}. No time, host or path in it, so the
 * same campaign gives the same log.
 *
 * @param iteration the iteration that the policy came out of, 0 for pi_1; N for the selected one
 * @param version i of pi_i
 * @param reason why, for a reader
 */
public record AuditEntry(int iteration, int version, Decision decision, String reason) {
  /** What was decided. */
  public enum Decision {
    /** The pre-flight check lets the candidate fly. */
    ACCEPTED,
    /** The pre-flight check cannot say yet; the candidate flies, but nobody falls back on it. */
    UNCHECKED,
    /** The pre-flight check does not: what flew before flies again. */
    REFUSED,
    /** The policy is stored and on its way to the workers. */
    PUBLISHED,
    /** The policy is the campaign's best. */
    SELECTED
  }
}
