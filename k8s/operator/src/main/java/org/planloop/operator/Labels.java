package org.planloop.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Labels of objects and of the pods that they make, and the selectors that look for them. */
final class Labels {
  private Labels() {}

  /** Adds labels to an object and its pods, as kustomize does. */
  static void add(HasMetadata object, Map<String, String> labels) {
    add(object.getMetadata(), labels);
    template(object).ifPresent(template -> add(template.getMetadata(), labels));
    if (object instanceof StatefulSet set) {
      set.getSpec().getVolumeClaimTemplates().forEach(claim -> add(claim.getMetadata(), labels));
    }
  }

  private static void add(ObjectMeta metadata, Map<String, String> labels) {
    Map<String, String> all =
        metadata.getLabels() == null ? new HashMap<>() : new HashMap<>(metadata.getLabels());
    all.putAll(labels);
    metadata.setLabels(all);
  }

  /** Makes every selector of an object look for one label more. */
  static void select(HasMetadata object, String key, String value) {
    Map<String, String> label = Map.of(key, value);
    if (object instanceof StatefulSet set) {
      narrow(set.getSpec().getSelector(), label);
    } else if (object instanceof Deployment deployment) {
      narrow(deployment.getSpec().getSelector(), label);
    } else if (object instanceof PodDisruptionBudget budget) {
      narrow(budget.getSpec().getSelector(), label);
    } else if (object instanceof Service service) {
      service.getSpec().setSelector(with(service.getSpec().getSelector(), label));
    } else if (object instanceof NetworkPolicy policy) {
      narrow(policy.getSpec().getPodSelector(), label);
      Stream.concat(
              policy.getSpec().getIngress().stream().flatMap(rule -> rule.getFrom().stream()),
              policy.getSpec().getEgress().stream().flatMap(rule -> rule.getTo().stream()))
          // A peer in another namespace is none of the campaign's pods.
          .filter(peer -> peer.getNamespaceSelector() == null && peer.getPodSelector() != null)
          .map(NetworkPolicyPeer::getPodSelector)
          .forEach(selector -> narrow(selector, label));
    }
    template(object).stream()
        .flatMap(template -> template.getSpec().getTopologySpreadConstraints().stream())
        .map(TopologySpreadConstraint::getLabelSelector)
        .forEach(selector -> narrow(selector, label));
  }

  private static void narrow(LabelSelector selector, Map<String, String> label) {
    selector.setMatchLabels(with(selector.getMatchLabels(), label));
  }

  private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
    Map<String, String> all = some == null ? new HashMap<>() : new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  /** What an object makes its pods of. */
  static Optional<PodTemplateSpec> template(HasMetadata object) {
    if (object instanceof StatefulSet set) {
      return Optional.of(set.getSpec().getTemplate());
    }
    if (object instanceof Deployment deployment) {
      return Optional.of(deployment.getSpec().getTemplate());
    }
    return object instanceof Job job ? Optional.of(job.getSpec().getTemplate()) : Optional.empty();
  }
}
