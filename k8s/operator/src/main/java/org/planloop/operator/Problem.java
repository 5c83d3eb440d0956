package org.planloop.operator;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Something that is wrong, as the campaign's condition tells it.
 *
 * @param kind the condition's type
 * @param reason one word, in capitals and small letters
 * @param message what is wrong and the way out
 */
record Problem(Kind kind, String reason, String message) {
  private static final int LONGEST = 1500;
  private static final int TOLD = 3;

  /** Types of conditions that are there only while they hold. */
  enum Kind {
    NOT_UNDERSTOOD("NotUnderstood", true),
    SECRET_MISSING("SecretMissing", true),
    CONFIG_MAP_MISSING("ConfigMapMissing", true),
    NAME_CONFLICT("NameConflict", true),
    REFUSED("Refused", true),
    IMAGE_UNAVAILABLE("ImageUnavailable", false),
    UNSCHEDULABLE("Unschedulable", false),
    VOLUME_NOT_BOUND("VolumeNotBound", false),
    VOLUME_FULL("VolumeFull", false),
    CRASHING("Crashing", false),
    CLIENT_FAILING("ClientFailing", false),
    CLOCK_SKEW("ClockSkew", false),
    STATUS_UNREADABLE("StatusUnreadable", false),
    OTHER_CAMPAIGN("OtherCampaign", false),
    CERTIFICATE_EXPIRES("CertificateExpires", false);

    private final String type;
    private final boolean blocking;

    Kind(String type, boolean blocking) {
      this.type = type;
      this.blocking = blocking;
    }

    String type() {
      return type;
    }

    /** Whether nothing is made or changed before it is mended. */
    boolean blocking() {
      return blocking;
    }
  }

  Problem {
    message = message.length() <= LONGEST ? message : message.substring(0, LONGEST - 3) + "...";
  }

  /** One of each kind: several of a kind are told together. */
  static List<Problem> merged(List<Problem> all) {
    Map<Kind, List<Problem>> kinds =
        all.stream()
            .distinct()
            .collect(Collectors.groupingBy(Problem::kind, TreeMap::new, Collectors.toList()));
    return kinds.values().stream().map(Problem::together).toList();
  }

  private static Problem together(List<Problem> same) {
    List<Problem> sorted = same.stream().sorted(Comparator.comparing(Problem::message)).toList();
    Problem first = sorted.get(0);
    String text =
        sorted.stream().limit(TOLD).map(Problem::message).collect(Collectors.joining("; "));
    return new Problem(
        first.kind(),
        first.reason(),
        sorted.size() <= TOLD ? text : text + "; and " + (sorted.size() - TOLD) + " more");
  }
}
