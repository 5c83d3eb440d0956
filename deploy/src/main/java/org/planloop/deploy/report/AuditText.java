package org.planloop.deploy.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.planloop.campaign.AuditEntry;

/** Decisions about policies as text: {@code audit.jsonl}. */
final class AuditText {
  private AuditText() {}

  /** One line, with a line break. */
  static String jsonLine(AuditEntry entry) {
    ObjectNode object = Json.object();
    object.put("iteration", entry.iteration());
    object.put("version", entry.version());
    object.put("decision", entry.decision().name().toLowerCase(Locale.ROOT));
    object.put("reason", entry.reason());
    return Json.line(object) + "\n";
  }
}
