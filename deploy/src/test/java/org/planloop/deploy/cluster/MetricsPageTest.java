package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.cluster.ShownNodes.Shown;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;

/**
 * What each role shows while a campaign runs is what {@code docs/metrics.md} says, word by word.
 */
class MetricsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "metrics.md");

  /** For {@code promtool check metrics}, in a step of {@code ./verify}. */
  private static final Path SCRAPED = Path.of("target", "scraped");

  private static final Pattern TYPE = Pattern.compile("# TYPE (planloop_\\w+) (\\w+)");
  private static final Pattern HELP = Pattern.compile("# HELP (planloop_\\w+) (.*)");
  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^(planloop_\\w+)(?:\\{(.*)\\})? (\\S+)$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  @TempDir private Path folder;
  private final Map<String, Shown> roles = new LinkedHashMap<>();
  private ShownNodes nodes;

  @BeforeEach
  void begin() {
    nodes = new ShownNodes(folder);
    HostPort seed = ShownNodes.freePlace();
    roles.put("trainer", nodes.start(Set.of("trainer"), seed, seed));
    for (String role : List.of("replay", "worker")) {
      roles.put(role, nodes.start(Set.of(role), seed, ShownNodes.freePlace()));
    }
    roles.values().forEach(Shown::awaitReady);
  }

  @AfterEach
  void end() {
    nodes.close();
  }

  private Shown node(String role) {
    Shown node = roles.get(role);
    assertThat(node).isNotNull();
    return node;
  }

  private String scrape(String role) {
    return node(role).get("/metrics").body();
  }

  private static Experiment experiment() {
    return new ExperimentReader(TestCluster.PARTS)
        .read(
            "helicopter-hover",
            new ExperimentReader.Overrides(
                List.of("campaign.iterations=100000", "diagnostics.performance-difference=on"),
                OptionalLong.of(4),
                Optional.empty()));
  }

  @Test
  void everyRoleShowsWhatThePageSaysAndACampaignsFiguresEndWithIt() throws IOException {
    Files.createDirectories(SCRAPED);
    try (ClusterClient cluster = node("trainer").client()) {
      Experiment experiment = experiment();
      String id =
          cluster.submit("0123abcd", experiment.name(), ExperimentWriter.render(experiment));
      TestCluster.await("two rows", () -> value(id, "planloop_campaign_iteration") > 2);
      Set<String> shown = new TreeSet<>();
      TestCluster.await(
          "all that the page has",
          () -> {
            shown.clear();
            shown.addAll(rows());
            return shown.equals(documented()) || value(id, "planloop_campaign_iteration") > 50;
          });
      Files.writeString(SCRAPED.resolve("table.md"), String.join("\n", shown) + "\n");
      assertThat(shown).containsExactlyElementsOf(documented());
      valuesAreTheCampaigns(id);

      cluster.cancel(id);
      TestCluster.await(
          "the campaign's figures are taken away",
          () -> !scrape("trainer").contains("campaign=\"" + id + "\""));
      assertThat(scrape("trainer")).contains("planloop_campaigns{phase=\"cancelled\"} 1.0");
    }
  }

  private void valuesAreTheCampaigns(String id) {
    // One scrape: the campaign goes on meanwhile.
    String trainer = scrape("trainer");
    assertThat(sample(trainer, id, "planloop_campaign_iterations")).isEqualTo(100000);
    assertThat(sample(trainer, id, "planloop_campaign_expert_fraction")).isEqualTo(0.5);
    assertThat(sample(trainer, id, "planloop_trainer_mix_expert_target")).isEqualTo(0.5);
    assertThat(sample(trainer, id, "planloop_trainer_mix_expert")).isEqualTo(0.5);
    assertThat(sample(trainer, id, "planloop_campaign_best_return"))
        .isFinite()
        .isGreaterThanOrEqualTo(sample(trainer, id, "planloop_campaign_return_mean"));
    assertThat(sample(trainer, id, "planloop_campaign_model_return_mean")).isFinite();
    assertThat(sample(trainer, id, "planloop_campaign_idle_seconds")).isBetween(0.0, 60.0);
    assertThat(trainer)
        .contains("planloop_node_info{roles=\"trainer\",version=\"test\"} 1\n")
        .contains("planloop_cluster_members 3.0");
    takesWrites("trainer", "data");
    takesWrites("replay", "replay");
    assertThat(scrape("worker")).contains("planloop_worker_slots 1.0");
    TestCluster.await(
        "the worker has a policy that the trainer has published",
        () -> {
          double held = sample(scrape("worker"), id, "planloop_snapshot_version");
          return held > 0 && held <= value(id, "planloop_campaign_policy_version");
        });
  }

  /** Asked for the first time, it is looked at. */
  private void takesWrites(String role, String what) {
    TestCluster.await(
        "a look at the disk",
        () -> scrape(role).contains("planloop_disk_writable{folder=\"" + what + "\"} 1.0"));
  }

  private double value(String campaign, String name) {
    return sample(scrape("trainer"), campaign, name);
  }

  /** NaN if there is none. */
  private static double sample(String text, String campaign, String name) {
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      if (sample.group(1).equals(name)
          && String.valueOf(sample.group(2)).contains("campaign=\"" + campaign + "\"")) {
        return Double.parseDouble(sample.group(3));
      }
    }
    return Double.NaN;
  }

  /** The rows of the page's table, as the nodes would have them. */
  private Set<String> rows() {
    Map<String, String> types = new TreeMap<>();
    Map<String, String> helps = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    Map<String, Set<String>> shownBy = new TreeMap<>();
    for (String role : roles.keySet()) {
      String text = scrape(role);
      write(role, text);
      TYPE.matcher(text)
          .results()
          .forEach(
              type -> {
                types.put(type.group(1), type.group(2));
                shownBy.computeIfAbsent(type.group(1), name -> new TreeSet<>()).add(role);
              });
      HELP.matcher(text).results().forEach(help -> helps.put(help.group(1), help.group(2)));
      SAMPLE
          .matcher(text)
          .results()
          .forEach(
              sample -> {
                String name = sample.group(1);
                String base =
                    types.containsKey(name) ? name : name.replaceFirst("_(count|sum)$", "");
                LABEL
                    .matcher(String.valueOf(sample.group(2)))
                    .results()
                    .forEach(
                        label ->
                            labels
                                .computeIfAbsent(base, unused -> new TreeSet<>())
                                .add(label.group(1)));
              });
    }
    Set<String> rows = new TreeSet<>();
    types.forEach(
        (name, type) -> {
          Set<String> where = shownBy.getOrDefault(name, Set.of());
          rows.add(
              "| `%s` | %s | %s | %s | %s |"
                  .formatted(
                      name,
                      type,
                      String.join(", ", labels.getOrDefault(name, Set.of())),
                      where.size() == roles.size() ? "all" : String.join(", ", where),
                      helps.getOrDefault(name, "")));
        });
    return rows;
  }

  private static void write(String role, String text) {
    try {
      Files.writeString(SCRAPED.resolve(role + ".txt"), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Set<String> documented() {
    try {
      Set<String> rows = new TreeSet<>();
      Pattern.compile("(?m)^\\| `planloop_\\w+` \\|.*$")
          .matcher(Files.readString(PAGE))
          .results()
          .forEach(row -> rows.add(row.group()));
      return rows;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
