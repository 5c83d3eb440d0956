package org.planloop.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.planloop.operator.CampaignStatus.Phase;

/**
 * What is told of a change of status. Names of events follow from the change alone, so that a
 * change that is told twice, as the operator ended in between, is one event.
 */
final class Events {
  private static final List<String> ALWAYS =
      List.of(Conditions.ACCEPTED, Conditions.READY, Conditions.COMPLETE);

  private Events() {}

  static List<Event> between(Campaign campaign, CampaignStatus after, Instant now) {
    CampaignStatus before = campaign.stood();
    List<Event> events = new ArrayList<>();
    if (!Objects.equals(before.phase(), after.phase())) {
      String phase = String.valueOf(after.phase());
      boolean failed = after.is(Phase.FAILED);
      String type =
          after.is(Phase.PENDING)
              ? Conditions.ACCEPTED
              : failed ? Conditions.COMPLETE : Conditions.READY;
      String message = after.condition(type).map(Condition::getMessage).orElse("");
      events.add(event(campaign, failed, phase, message, now));
    }
    for (Condition condition :
        Objects.requireNonNullElse(after.conditions(), List.<Condition>of())) {
      boolean problem = !ALWAYS.contains(condition.getType());
      if (problem && !before.reason(condition.getType()).equals(condition.getReason())) {
        events.add(event(campaign, true, condition.getType(), condition.getMessage(), now));
      }
    }
    return events;
  }

  static Event event(
      Campaign campaign, boolean warning, String reason, String message, Instant now) {
    String before = String.valueOf(campaign.stood());
    String name = campaign.name() + "." + Names.sha256(campaign.uid() + reason + before);
    return new EventBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(campaign.namespace())
        .endMetadata()
        .withType(warning ? "Warning" : "Normal")
        .withReason(reason)
        .withMessage(message.length() <= 1000 ? message : message.substring(0, 1000))
        .withNewInvolvedObject()
        .withApiVersion(campaign.getApiVersion())
        .withKind(campaign.getKind())
        .withName(campaign.name())
        .withNamespace(campaign.namespace())
        .withUid(campaign.uid())
        .endInvolvedObject()
        .withNewSource()
        .withComponent("planloop-operator")
        .endSource()
        .withFirstTimestamp(Conditions.time(now))
        .withLastTimestamp(Conditions.time(now))
        .withCount(1)
        .build();
  }
}
