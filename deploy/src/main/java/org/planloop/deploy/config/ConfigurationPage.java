package org.planloop.deploy.config;

import java.util.Map;
import java.util.TreeMap;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.expert.ExpertFactory;

/**
 * {@code docs/configuration.md}: every key, its default and its meaning, made of reference.conf.
 */
public final class ConfigurationPage {
  private static final String HEAD =
      """
      # Configuration

      An experiment is [HOCON](https://github.com/lightbend/config): a bundled one by name (`planloop list`), or a file of your own.

      ```hocon
      # mine.conf; run it with: ./planloop train mine.conf --seed 3 --set planner.horizon=25
      include "cartpole-swingup"        # start from a bundled experiment, or from a file beside this one
      planner.population = 128
      campaign { iterations = 12, stop-at-return = 180 }
      per-strategy.expert-only { expert.episodes = 4 }   # for one strategy alone
      ```

      What wins, from weakest to strongest: the defaults below, the file, what it says under `per-strategy.NAME` for the chosen strategy, `--set`, then
      `--seed` and `--strategy`. Words like `expert-model` or `MIXED` are read in any case, with hyphens or underscores. An unknown key, a wrong type or a value
      out of range is an error that names place, key, value and rule (exit code 2). A run's `config.conf` spells every key out and can be fed back.

      This page is generated from `reference.conf` and the parts' own defaults; a test keeps it so.

      """;

  private ConfigurationPage() {}

  /**
   * The page.
   *
   * @param parts whose keys are shown
   */
  public static String render(Parts parts) {
    StringBuilder out = new StringBuilder(HEAD);
    table(out, "", "Top level", "");
    out.append("## environment\n\n").append(Defaults.meaning(Defaults.ENVIRONMENT)).append("\n\n");
    rows(out, Defaults.ENVIRONMENT + ".");
    for (Map.Entry<String, EnvironmentFactory> entry :
        parts.environments().factories().entrySet()) {
      EnvironmentFactory factory = entry.getValue();
      options(out, "environment.name = " + entry.getKey(), factory.summary(), factory.defaults());
    }
    for (Section<?> section : Section.ALL) {
      table(out, section.name() + ".", section.name(), Defaults.meaning(section.name()));
      if (section.equals(Section.EXPERT)) {
        for (Map.Entry<String, ExpertFactory> entry : parts.experts().factories().entrySet()) {
          ExpertFactory factory = entry.getValue();
          options(out, "expert.kind = " + entry.getKey(), factory.summary(), factory.defaults());
        }
      }
    }
    return out.toString().stripTrailing() + "\n";
  }

  private static void table(StringBuilder out, String prefix, String title, String meaning) {
    out.append("## ").append(title).append("\n\n");
    if (!meaning.isEmpty()) {
      out.append(meaning).append("\n\n");
    }
    rows(out, prefix);
  }

  private static void rows(StringBuilder out, String prefix) {
    out.append("| key | default | meaning |\n|---|---|---|\n");
    for (String path : Defaults.paths()) {
      boolean here = prefix.isEmpty() ? path.indexOf('.') < 0 : path.startsWith(prefix);
      if (here) {
        row(out, path, Defaults.text(path), Defaults.meaning(path));
      }
    }
    out.append('\n');
  }

  private static void row(StringBuilder out, String path, String value, String meaning) {
    out.append("| `").append(path).append("` | `").append(value).append("` | ");
    out.append(meaning.replace("|", "\\|")).append(" |\n");
  }

  private static void options(
      StringBuilder out, String chosen, String summary, Map<String, Object> defaults) {
    String section = chosen.startsWith("expert") ? Defaults.EXPERT_OPTIONS : Defaults.ENVIRONMENT;
    out.append("`").append(chosen).append("`: ").append(summary).append(".");
    if (!defaults.isEmpty()) {
      out.append(" Its keys:");
      String separator = " ";
      for (Map.Entry<String, Object> entry : new TreeMap<>(defaults).entrySet()) {
        out.append(separator).append("`").append(section).append('.').append(entry.getKey());
        out.append(" = ").append(Values.render(entry.getValue())).append("`");
        separator = ", ";
      }
      out.append('.');
    }
    out.append("\n\n");
  }
}
