package org.planloop.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.planloop.operator.Problem.Kind;

/**
 * What a campaign's pods need beside their manifests: certificates and a token, made and renewed
 * here unless the campaign names its own, and the experiment, if a ConfigMap has it.
 */
final class Credentials {
  static final String TOKEN = "token";

  private static final Duration SOON = Duration.ofDays(7);
  private static final String EXPERIMENT = "experiment.conf";

  private final Cluster cluster;

  Credentials(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Makes what is to be made, and says what is missing. */
  List<Problem> ensure(Campaign campaign, Instant now) {
    List<Problem> problems = new ArrayList<>();
    try {
      experiment(campaign).ifPresent(problems::add);
      tls(campaign, now).ifPresent(problems::add);
      token(campaign).ifPresent(problems::add);
    } catch (Cluster.RefusedException e) {
      problems.add(new Problem(Kind.REFUSED, "SecretRefused", String.valueOf(e.getMessage())));
    }
    return problems;
  }

  /** The token that a campaign's pods want to be shown; empty if there is none. */
  Optional<String> tokenOf(Campaign campaign) {
    String own = campaign.wanted().httpSecret();
    String name = own != null ? own : Names.of(campaign).of("http");
    return cluster
        .get(Secret.class, campaign.namespace(), name)
        .map(secret -> secret.getData() == null ? null : secret.getData().get(TOKEN))
        .map(
            encoded ->
                new String(Base64.getMimeDecoder().decode(encoded), StandardCharsets.UTF_8)
                    .strip());
  }

  private Optional<Problem> experiment(Campaign campaign) {
    String name = campaign.wanted().experimentConfigMap();
    if (name == null) {
      return Optional.empty();
    }
    Optional<ConfigMap> found = cluster.get(ConfigMap.class, campaign.namespace(), name);
    boolean there =
        found.isPresent()
            && found.get().getData() != null
            && found.get().getData().containsKey(EXPERIMENT);
    return there
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Kind.CONFIG_MAP_MISSING,
                found.isPresent() ? "KeyMissing" : "NotFound",
                "spec.experimentConfigMap: the ConfigMap "
                    + name
                    + (found.isPresent() ? " has no key " + EXPERIMENT : " is not there")
                    + "; make it with 'kubectl create configmap "
                    + name
                    + " --from-file="
                    + EXPERIMENT
                    + "=FILE'"));
  }

  private Optional<Problem> tls(Campaign campaign, Instant now) throws Cluster.RefusedException {
    String own = campaign.wanted().tlsSecret();
    if (own != null) {
      return named(
              campaign,
              "spec.tlsSecret",
              own,
              List.of(Certificates.KEY, Certificates.CERTIFICATE, Certificates.AUTHORITY))
          .or(() -> expiring(campaign, own, now));
    }
    Names names = Names.of(campaign);
    Optional<Secret> authority =
        cluster.get(Secret.class, campaign.namespace(), names.of("authority"));
    Optional<Secret> node = cluster.get(Secret.class, campaign.namespace(), names.of("tls"));
    Optional<Problem> foreign = foreign(campaign, authority).or(() -> foreign(campaign, node));
    if (foreign.isPresent() || (node.isPresent() && !Certificates.due(node.get(), now))) {
      return foreign;
    }
    Certificates.Made made =
        Certificates.make(names, authority.map(Secret::getData).orElse(Map.of()), now);
    // The authority first: a certificate without it could never be renewed.
    if (authority.isEmpty()) {
      cluster.apply(secret(campaign, names.of("authority"), made.authority()));
    }
    cluster.apply(secret(campaign, names.of("tls"), made.node()));
    return Optional.empty();
  }

  private Optional<Problem> token(Campaign campaign) throws Cluster.RefusedException {
    String own = campaign.wanted().httpSecret();
    if (own != null) {
      return named(campaign, "spec.httpSecret", own, List.of(TOKEN));
    }
    String name = Names.of(campaign).of("http");
    Optional<Secret> found = cluster.get(Secret.class, campaign.namespace(), name);
    if (found.isEmpty()) {
      // Twice 122 bits of Java's secure generator.
      String token = (UUID.randomUUID() + "" + UUID.randomUUID()).replace("-", "");
      String encoded =
          Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.US_ASCII));
      cluster.apply(secret(campaign, name, Map.of(TOKEN, encoded)));
    }
    return foreign(campaign, found);
  }

  private Optional<Problem> named(Campaign campaign, String field, String name, List<String> keys) {
    Optional<Secret> found = cluster.get(Secret.class, campaign.namespace(), name);
    List<String> missing =
        keys.stream()
            .filter(
                key ->
                    found.isEmpty()
                        || found.get().getData() == null
                        || !found.get().getData().containsKey(key))
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Kind.SECRET_MISSING,
                found.isPresent() ? "KeyMissing" : "NotFound",
                field
                    + ": the Secret "
                    + name
                    + (found.isPresent() ? " lacks " + String.join(", ", missing) : " is not there")
                    + "; make it with the keys "
                    + String.join(", ", keys)
                    + ", or leave the field out and the operator makes one"));
  }

  private Optional<Problem> expiring(Campaign campaign, String name, Instant now) {
    return cluster
        .get(Secret.class, campaign.namespace(), name)
        .flatMap(Certificates::until)
        .filter(until -> now.isAfter(until.minus(SOON)))
        .map(
            until ->
                new Problem(
                    Kind.CERTIFICATE_EXPIRES,
                    now.isAfter(until) ? "Expired" : "Soon",
                    "the certificate in the Secret "
                        + name
                        + " is valid until "
                        + until
                        + "; renew it, pods take it up by themselves"));
  }

  private static Optional<Problem> foreign(Campaign campaign, Optional<Secret> found) {
    return found
        .filter(secret -> !Observed.belongs(secret, campaign))
        .map(secret -> Applier.conflict("Secret", secret));
  }

  private static Secret secret(Campaign campaign, String name, Map<String, String> data) {
    Map<String, String> labels = new HashMap<>();
    labels.put(Campaign.LABEL, campaign.name());
    labels.put("app.kubernetes.io/name", "planloop");
    labels.put("app.kubernetes.io/part-of", "planloop");
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(campaign.namespace())
        .withLabels(labels)
        .withOwnerReferences(Rendering.owner(campaign))
        .endMetadata()
        .withData(data)
        .build();
  }
}
