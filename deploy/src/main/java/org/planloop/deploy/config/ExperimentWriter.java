package org.planloop.deploy.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.planloop.campaign.Strategy;

/** Writes an experiment as HOCON with every default spelled out; reading it gives an equal one. */
public final class ExperimentWriter {
  private ExperimentWriter() {}

  /** The text of {@code config.conf}. */
  public static String render(Experiment experiment) {
    StringBuilder out = new StringBuilder();
    out.append("# The resolved configuration, every default spelled out.\n");
    out.append("# 'planloop train' with this file gives the same run again.\n\n");
    String open = "";
    for (Map.Entry<String, String> entry : values(experiment).entrySet()) {
      String path = entry.getKey();
      int dot = path.indexOf('.');
      String section = dot < 0 ? "" : path.substring(0, dot);
      if (!section.equals(open)) {
        out.append(open.isEmpty() ? "\n" : "}\n\n").append(section).append(" {\n");
        open = section;
      }
      out.append(open.isEmpty() ? "" : "  ").append(path.substring(dot + 1));
      out.append(" = ").append(entry.getValue()).append('\n');
    }
    out.append("}\n");
    return out.toString();
  }

  /** A digest of what the experiment says, whatever its file looks like: 64 hexadecimal digits. */
  public static String fingerprint(Experiment experiment) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      values(experiment)
          .forEach(
              (path, value) ->
                  digest.update((path + "=" + value + "\n").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Every key with its value as HOCON, in the order they are written. */
  public static Map<String, String> values(Experiment experiment) {
    Map<String, String> result = new LinkedHashMap<>();
    result.put("name", Values.render(experiment.name()));
    result.put("seed", Long.toString(experiment.seed()));
    result.put("strategy", experiment.strategy().name());
    boolean mixed = experiment.strategy() == Strategy.MIXED;
    result.put("expert-fraction", mixed ? Values.plain(experiment.expertFraction()) : Values.NONE);
    result.put("discount", Values.plain(experiment.discount()));
    result.put("environment.name", Values.render(experiment.environment().name()));
    options(result, Defaults.ENVIRONMENT, experiment.environment().options());
    result.putAll(Section.EXPERT.write(experiment.expert()));
    options(result, Defaults.EXPERT_OPTIONS, experiment.expert().options());
    result.putAll(Section.DYNAMICS.write(experiment.dynamics()));
    result.putAll(Section.PLANNER.write(experiment.planner()));
    result.putAll(Section.TRAINER.write(experiment.trainer()));
    result.putAll(Section.CAMPAIGN.write(experiment.campaign()));
    result.putAll(Section.EVALUATION.write(experiment.evaluation()));
    result.putAll(Section.ROLLOUT.write(experiment.rollout()));
    result.putAll(Section.PREFLIGHT.write(experiment.preflight()));
    options(result, Defaults.PREFLIGHT_OPTIONS, experiment.preflight().options());
    result.putAll(Section.REPLAY.write(experiment.replay()));
    result.putAll(Section.DIAGNOSTICS.write(experiment.diagnostics()));
    return result;
  }

  private static void options(
      Map<String, String> result, String section, Map<String, Object> options) {
    new java.util.TreeMap<>(options)
        .forEach(
            (key, value) ->
                result.put(
                    section + "." + com.typesafe.config.ConfigUtil.joinPath(key),
                    Values.render(value)));
  }
}
