package org.planloop.campaign;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a campaign remembers for the sake of safety.
 *
 * @param trusted the newest policy that flew an iteration without a crash, a failure or a rescue;
 *     0, the expert, before there is one
 * @param accepted the newest candidate that was accepted, unless it crashed since; else 0, the
 *     expert
 * @param refusedInARow candidates refused since
 * @param audit every decision so far
 */
public record Safety(int trusted, int accepted, int refusedInARow, List<AuditEntry> audit) {
  /** Nothing decided yet. */
  public static final Safety NONE = new Safety(0, 0, 0, List.of());

  public Safety {
    audit = List.copyOf(audit);
  }

  Safety trusting(int version) {
    return new Safety(version, accepted, refusedInARow, audit);
  }

  Safety accepting(int version) {
    return new Safety(trusted, version, 0, audit);
  }

  Safety refusing(int before) {
    return new Safety(trusted, accepted, before + 1, audit);
  }

  Safety withAudit(List<AuditEntry> decisions) {
    return new Safety(trusted, accepted, refusedInARow, decisions);
  }

  Safety with(AuditEntry entry) {
    return new Safety(
        trusted, accepted, refusedInARow, Stream.concat(audit.stream(), Stream.of(entry)).toList());
  }
}
