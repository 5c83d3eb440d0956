package org.planloop.operator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.planloop.deploy.cluster.RemoteCampaigns;

/**
 * What a campaign's objects are called. The base's names with the campaign's before them; its
 * service, which host names end with, has the campaign's name alone.
 */
record Names(String namespace, String campaign) {
  static final String TRAINER = "trainer";
  static final String REPLAY = "replay";
  static final String WORKER = "worker";
  static final String CLIENT = "client";

  /** What the base and its campaign call differently. */
  private static final Map<String, String> OTHERWISE =
      Map.of("Job/campaign", CLIENT, "ConfigMap/campaign", "experiment");

  private static final String SERVICE = "planloop";

  static Names of(Campaign campaign) {
    return new Names(campaign.namespace(), campaign.name());
  }

  /** What an object of the base is called here. */
  String of(String kind, String name) {
    return kind.equals("Service") && name.equals(SERVICE)
        ? campaign
        : of(OTHERWISE.getOrDefault(kind + "/" + name, name.replaceFirst("^planloop-", "")));
  }

  String of(String part) {
    return campaign + "-" + part;
  }

  /** The base's host names, as they are here, in a program's argument. */
  String inArgument(String argument) {
    return argument
        .replace("trainer-0." + SERVICE + ".", of(TRAINER) + "-0." + campaign + ".")
        .replace("replay-0." + SERVICE + ".", of(REPLAY) + "-0." + campaign + ".")
        .replace("." + SERVICE + ".$(POD_NAMESPACE)", "." + campaign + ".$(POD_NAMESPACE)");
  }

  /** What all its pods are called, in certificates. */
  String hosts() {
    return "*." + campaign + "." + namespace + ".svc";
  }

  /**
   * Under which its client submits it: the same for as long as campaign and experiment are called
   * the same, so that whatever becomes of the job, and if a resource is made again over volumes
   * that were kept, it is the same campaign that goes on.
   */
  String submission(CampaignSpec spec) {
    String experiment =
        spec.experiment() == null
            ? "configmap:" + spec.experimentConfigMap()
            : "text:" + sha256(Objects.requireNonNull(spec.experiment()));
    return namespace + "/" + campaign + "/" + experiment;
  }

  /** Whether an id of the trainer's is that of this campaign. */
  boolean isId(String id, CampaignSpec spec) {
    return id.endsWith("-" + RemoteCampaigns.mark(submission(spec)));
  }

  static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
