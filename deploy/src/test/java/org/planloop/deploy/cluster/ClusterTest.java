package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.CampaignRecord.Phase;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.node.CampaignFailedException;
import org.planloop.deploy.node.LocalCampaigns;
import org.planloop.deploy.node.RunningCampaign;

/** Campaigns on several nodes: the bytes of one process, whoever comes and goes. */
class ClusterTest {
  private static final List<String> RESULTS =
      List.of("model.safetensors", "policy.json", "selection.json");

  @TempDir Path folder;

  private static Experiment hover(int iterations) {
    return TestCluster.experiment(
        "helicopter-hover", "campaign.iterations=" + iterations, "replay.shards=2");
  }

  private Path local(Experiment experiment) throws IOException {
    Path run = Files.createDirectories(folder.resolve("local-" + experiment.name()));
    try (RunningCampaign campaign =
        new LocalCampaigns(new SimpleMeterRegistry())
            .start(experiment, TestCluster.PARTS, run, new CampaignObserver() {})) {
      result(campaign);
    }
    return run;
  }

  private static Summary result(RunningCampaign campaign) {
    return campaign.result().orTimeout(120, TimeUnit.SECONDS).join();
  }

  private RunningCampaign follow(TestCluster cluster, Experiment experiment, CampaignObserver who)
      throws IOException {
    Path run = Files.createDirectories(folder.resolve("followed-" + experiment.name()));
    return new RemoteCampaigns(cluster.access(), Optional.empty())
        .start(experiment, TestCluster.PARTS, run, who);
  }

  private void assertSameBytes(Path one, Path two) throws IOException {
    for (String name : RESULTS) {
      assertThat(two.resolve("best").resolve(name))
          .hasSameBinaryContentAs(one.resolve("best").resolve(name));
    }
  }

  /** Lets a test wait for rows. */
  private static final class Rows implements CampaignObserver {
    final CountDownLatch awaited;

    Rows(int rows) {
      awaited = new CountDownLatch(rows);
    }

    @Override
    public void row(ProgressRow row) {
      awaited.countDown();
    }

    void await() throws InterruptedException {
      assertThat(awaited.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void twoCampaignsAtOnceGiveTheBytesOfOneProcessEach() throws IOException {
    Experiment hover = hover(6);
    Experiment small = TestCluster.experiment("counterexample");
    try (TestCluster cluster =
            new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0", "worker-1")
                .startAll();
        RunningCampaign first = follow(cluster, hover, new CampaignObserver() {});
        RunningCampaign second = follow(cluster, small, new CampaignObserver() {})) {
      Summary summary = result(first);
      result(second);
      assertThat(summary.iterations()).isEqualTo(6);
      try (ClusterClient client = cluster.client()) {
        TestCluster.await(
            "the shards of both campaigns, with the rows that were flown",
            () ->
                client.holdings(client.members()).stream()
                        .flatMap(shard -> shard.learnerRows().stream())
                        .mapToLong(Long::longValue)
                        .sum()
                    == 6 * 50 + 18);
      }
    }
    assertSameBytes(local(hover), folder.resolve("followed-helicopter-hover"));
    assertSameBytes(local(small), folder.resolve("followed-counterexample"));
  }

  @Test
  void everyRoleMayGoAndComeBack() throws IOException, InterruptedException {
    Experiment hover = hover(30);
    Rows rows = new Rows(5);
    try (TestCluster cluster =
            new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0").startAll();
        RunningCampaign campaign = follow(cluster, hover, rows)) {
      rows.await();
      cluster.stop("trainer");
      cluster.start("trainer");
      cluster.stop("replay-1");
      cluster.start("replay-1");
      cluster.stop("worker-0");
      cluster.start("worker-0");
      assertThat(result(campaign).iterations()).isEqualTo(30);
    }
    assertSameBytes(local(hover), folder.resolve("followed-helicopter-hover"));
  }

  @Test
  void whoeverAsksFindsANodeThatWentInPeaceAndCameBack() {
    try (TestCluster cluster = new TestCluster(folder, "trainer", "worker-0").startAll();
        ClusterClient client = cluster.client()) {
      TestCluster.await("standings", () -> answers(client));
      cluster.stop("trainer");
      // Until the client takes the trainer's system for gone, and no longer for slow.
      for (int i = 0; i < 2; i++) {
        assertThat(answers(client)).isFalse();
      }
      cluster.start("trainer");
      TestCluster.await("standings of the next trainer", () -> answers(client));
    }
  }

  @Test
  void anAttemptThatBreaksIsFollowedByAnotherInTheSameProcess()
      throws IOException, InterruptedException {
    Experiment hover = hover(30);
    Rows rows = new Rows(5);
    try (TestCluster cluster =
            new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0").startAll();
        Saboteur saboteur = new Saboteur(cluster);
        RunningCampaign campaign = follow(cluster, hover, rows)) {
      rows.await();
      saboteur.end("trainer", "/user/" + Campaigns.NAME + "/*");
      assertThat(result(campaign).iterations()).isEqualTo(30);
    }
    assertSameBytes(local(hover), folder.resolve("followed-helicopter-hover"));
  }

  @Test
  void aNodeOneOfWhoseActorsBreaksStartsAnew() throws IOException, InterruptedException {
    Experiment hover = hover(30);
    Rows rows = new Rows(5);
    try (TestCluster cluster =
            new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0").startAll();
        Saboteur saboteur = new Saboteur(cluster);
        RunningCampaign campaign = follow(cluster, hover, rows)) {
      rows.await();
      for (String actor :
          List.of("replay-1 " + Shards.NAME + "/*", "trainer dispatcher", "worker-0 workplaces")) {
        String node = actor.split(" ")[0];
        saboteur.end(node, "/user/" + actor.split(" ")[1]);
        assertThat(TestCluster.ended(cluster.node(node))).isEqualTo(ClusterNode.START_ANEW);
        cluster.start(node);
      }
      assertThat(result(campaign).iterations()).isEqualTo(30);
    }
    assertSameBytes(local(hover), folder.resolve("followed-helicopter-hover"));
  }

  /** Ends actors of nodes, as an error in them would. */
  private static final class Saboteur implements AutoCloseable {
    private final TestCluster cluster;
    private final ActorSystem<Void> outside;

    Saboteur(TestCluster cluster) {
      this.cluster = cluster;
      this.outside =
          ActorSystem.create(
              Behaviors.empty(),
              NodeSettings.CLUSTER,
              NodeConfig.client(cluster.access().address(), Optional.empty()));
    }

    void end(String node, String path) {
      Adapter.toClassic(outside)
          .actorSelection("pekko://" + NodeSettings.CLUSTER + "@" + cluster.place(node) + path)
          .tell(PoisonPill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
    }

    @Override
    public void close() {
      outside.terminate();
      outside.getWhenTerminated().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }
  }

  @Test
  void whoeverFollowsAClusterThatIsGoneIsToldHowToFindItAgain()
      throws IOException, InterruptedException {
    Experiment endless = hover(100_000);
    Rows rows = new Rows(3);
    Path run = Files.createDirectories(folder.resolve("followed"));
    try (TestCluster cluster =
            new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0").startAll();
        RunningCampaign campaign =
            new RemoteCampaigns(cluster.access(), Optional.empty())
                .enduring(Duration.ofSeconds(2))
                .start(endless, TestCluster.PARTS, run, rows)) {
      rows.await();
      cluster.stop("trainer");
      assertThatThrownBy(() -> result(campaign))
          .hasCauseInstanceOf(CampaignFailedException.class)
          .hasMessageContaining("nobody has answered for 2s")
          .hasMessageContaining("train --resume " + run);
    }
  }

  @Test
  void aCampaignThatNobodyFollowsGoesOnAndIsFoundAgain() throws IOException {
    Experiment hover = hover(10);
    try (TestCluster cluster =
        new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0").startAll()) {
      Path run = folder.resolve("followed-helicopter-hover");
      try (RunningCampaign campaign = follow(cluster, hover, new CampaignObserver() {})) {
        assertThat(campaign.afterSignal(run)).contains("goes on", "--resume " + run);
      }
      try (RunningCampaign again =
          RemoteCampaigns.of(run)
              .orElseThrow()
              .start(hover, TestCluster.PARTS, run, new CampaignObserver() {})) {
        assertThat(result(again).iterations()).isEqualTo(10);
      }
      try (ClusterClient client = cluster.client()) {
        Campaigning.Standings standings = client.standings();
        assertThat(standings.campaigns()).hasSize(1);
        assertThat(standings.campaigns().get(0).phase()).isEqualTo("FINISHED");
        assertThat(standings.workers()).hasSize(1);
        assertThat(client.threads(client.members().self()).orElseThrow()).contains("\"main\"");
      }
      // Whoever was cut off when it ended learns of it from the next trainer process.
      cluster.stop("trainer");
      cluster.start("trainer");
      try (RunningCampaign late =
          RemoteCampaigns.of(run)
              .orElseThrow()
              .start(hover, TestCluster.PARTS, run, new CampaignObserver() {})) {
        assertThat(late.earlier()).hasSize(10);
        assertThat(result(late).iterations()).isEqualTo(10);
      }
    }
  }

  @Test
  void aCampaignWaitsForItsShardsAndSaysWhichAndCanBeCalledOff() throws IOException {
    Experiment hover = hover(10);
    try (TestCluster cluster =
        new TestCluster(folder, "trainer", "replay-0", "worker-0").startAll()) {
      try (RunningCampaign campaign = follow(cluster, hover, new CampaignObserver() {});
          ClusterClient client = cluster.client()) {
        TestCluster.await(
            "the campaign says that it waits for shard-1",
            () ->
                client.standings().campaigns().stream()
                    .anyMatch(
                        one ->
                            one.phase().equals(Phase.WAITING_FOR_REPLAY.name())
                                && one.reason().equals("no answer from shard-1")));
        String id = client.standings().campaigns().get(0).campaign();
        assertThatThrownBy(() -> client.goOn(id)).hasMessageContaining("not failed");
        client.cancel(id);
        assertThatThrownBy(() -> result(campaign))
            .hasCauseInstanceOf(CampaignFailedException.class)
            .hasMessageContaining("called off");
      }
      // It stays off.
      cluster.stop("trainer");
      cluster.start("trainer");
      try (ClusterClient client = cluster.client()) {
        // Its first answer: who asks again may come to a node that still has the earlier trainer
        // removed.
        List<Campaigning.Standings> heard = new ArrayList<>();
        TestCluster.await(
            "the trainer is back", () -> standings(client).map(heard::add).orElse(false));
        assertThat(heard.get(0).campaigns()).isEmpty();
      }
    }
  }

  /** Else it would be shown, and ring, until somebody mends it. */
  @Test
  void aFailedCampaignCanBeCalledOffToo() throws IOException, InterruptedException {
    Rows rows = new Rows(3);
    try (TestCluster cluster =
        new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0").startAll()) {
      try (RunningCampaign campaign = follow(cluster, hover(100_000), rows)) {
        rows.await();
      }
      cluster.stop("trainer");
      damageNewestState(folder.resolve("trainer").resolve("runs"));
      cluster.start("trainer");
      try (ClusterClient client = cluster.client()) {
        TestCluster.await("the campaign has failed", () -> phase(client).equals("FAILED"));
        client.cancel(client.standings().campaigns().get(0).campaign());
        assertThat(phase(client)).isEqualTo("CANCELLED");
      }
    }
  }

  private static String phase(ClusterClient client) {
    try {
      return client.standings().campaigns().stream()
          .map(Campaigning.Standing::phase)
          .findAny()
          .orElse("");
    } catch (ClusterClient.NoAnswerException e) {
      return "";
    }
  }

  private static void damageNewestState(Path runs) throws IOException {
    try (Stream<Path> files = Files.walk(runs)) {
      Path newest =
          files
              .filter(file -> file.endsWith("state/campaign.json"))
              .max(Comparator.naturalOrder())
              .orElseThrow();
      Files.writeString(newest, "{");
    }
  }

  private static boolean answers(ClusterClient client) {
    return standings(client).isPresent();
  }

  private static Optional<Campaigning.Standings> standings(ClusterClient client) {
    try {
      return Optional.of(client.standings());
    } catch (ClusterClient.NoAnswerException e) {
      return Optional.empty();
    }
  }

  @Test
  void anEarlierPolicyFliesAgainOnRequestAndTheAuditSaysSo()
      throws IOException, InterruptedException {
    List<String> reasons = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch fifth = new CountDownLatch(5);
    CampaignObserver observer =
        new CampaignObserver() {
          @Override
          public void decided(AuditEntry entry) {
            reasons.add(entry.reason());
          }

          @Override
          public void row(ProgressRow row) {
            fifth.countDown();
          }
        };
    try (TestCluster cluster =
            new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0").startAll();
        RunningCampaign campaign = follow(cluster, hover(60), observer);
        ClusterClient client = cluster.client()) {
      assertThat(fifth.await(60, TimeUnit.SECONDS)).isTrue();
      String id = client.standings().campaigns().get(0).campaign();
      assertThatThrownBy(() -> client.rollBack(id, 999))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("policy 999 is not stored");
      client.rollBack(id, 2);
      result(campaign);
      assertThat(reasons).filteredOn(reason -> reason.contains("on request")).hasSize(1);
    }
  }

  @Test
  void aDrainedNodeFinishesAndLeaves() throws IOException, InterruptedException {
    Experiment hover = hover(20);
    Rows rows = new Rows(3);
    try (TestCluster cluster =
            new TestCluster(folder, "trainer", "replay-0", "replay-1", "worker-0").startAll();
        RunningCampaign campaign = follow(cluster, hover, rows)) {
      ClusterNode second = cluster.nodeBeside("worker-1");
      rows.await();
      try (ClusterClient client = cluster.client()) {
        TestCluster.await("five members", () -> client.members().members().size() == 5);
        client.drain(cluster.place("worker-1"));
        assertThat(TestCluster.ended(second)).isZero();
        assertThatThrownBy(() -> client.drain(new HostPort("127.0.0.1", 1)))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("is not in the cluster");
      }
      result(campaign);
    }
    assertSameBytes(local(hover), folder.resolve("followed-helicopter-hover"));
  }

  @Test
  void whatDoesNotFitIsRefusedWithAWord() throws IOException {
    try (TestCluster cluster = new TestCluster(folder, "trainer").startAll();
        ClusterClient client = cluster.client()) {
      TestCluster.await("the trainer answers", () -> answers(client));
      assertThatThrownBy(() -> client.submit("0a0a0a0a", "x", "environment.name = nowhere"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("environment.name")
          .hasMessageContaining("must be one of");
      assertThatThrownBy(() -> client.page("nothing", 0, 0, 0))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("has no campaign nothing");
      assertThatThrownBy(
              () ->
                  client.submit(
                      "0c0c0c0c",
                      "too-large",
                      ExperimentWriter.render(
                          TestCluster.experiment(
                              "cartpole-swingup",
                              "dynamics.hidden=[4096,4096,4096,4096]",
                              "dynamics.members=64"))))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the cluster refuses")
          .hasMessageContaining("dynamics.members");
      String config = ExperimentWriter.render(hover(5));
      String id = client.submit("0b0b0b0b", "helicopter-hover", config);
      assertThat(client.submit("0b0b0b0b", "helicopter-hover", config)).isEqualTo(id);
      assertThat(client.file(id, "config.conf")).isPresent();
      assertThat(client.file(id, "../../.lock")).isEmpty();
      assertThat(client.file(id, "iterations/id")).isEmpty();

      assertThatThrownBy(() -> TestCluster.node(cluster.settings("trainer")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("another node has this folder");
    }
  }

  @Test
  void aSubmissionThatIsRepeatedFollowsTheCampaignOfBefore() throws IOException {
    Experiment small = TestCluster.experiment("counterexample");
    try (TestCluster cluster =
        new TestCluster(folder, "trainer", "replay-0", "worker-0").startAll()) {
      List<String> folders = List.of("cut-off", "repeated", "another");
      for (String name : folders) {
        Path run = Files.createDirectories(folder.resolve(name));
        String submission = name.equals("another") ? "job 2" : "job 1";
        try (RunningCampaign campaign =
            RemoteCampaigns.once(cluster.access(), submission)
                .start(small, TestCluster.PARTS, run, new CampaignObserver() {})) {
          if (!name.equals("cut-off")) {
            result(campaign);
          }
        }
      }
      try (ClusterClient client = cluster.client()) {
        assertThat(client.standings().campaigns()).hasSize(2);
      }
      assertSameBytes(folder.resolve("repeated"), folder.resolve("another"));
    }
  }

  @Test
  void aNodeIsReachedByANameAndListensToAnAddress() throws IOException {
    HostPort port = TestCluster.freePorts(1).get(0);
    HostPort name = new HostPort("localhost", port.port());
    NodeSettings settings =
        new NodeSettings(
            "planloop",
            Set.of("trainer"),
            new Listening(name, Optional.of("127.0.0.1")),
            List.of(name),
            folder,
            0,
            0,
            Optional.empty());
    ClusterNode node = TestCluster.node(settings);
    ClusterAccess access =
        new ClusterAccess(
            "planloop",
            List.of(name),
            Optional.of(
                Listening.parse(
                    "--client-bind",
                    "localhost:0",
                    "--client-listen",
                    Optional.of("127.0.0.1"),
                    0)),
            Optional.empty());
    try (ClusterClient client = new ClusterClient(access)) {
      TestCluster.await(
          "the node under its name",
          () ->
              client.members().members().stream()
                  .anyMatch(member -> member.address().endsWith("@" + name)));
    } finally {
      node.stop();
      assertThat(TestCluster.ended(node)).isZero();
    }
  }

  @Test
  void aSecondTrainerGivesWayAndSaysWhy() {
    try (TestCluster cluster = new TestCluster(folder, "trainer").startAll()) {
      HostPort place = TestCluster.freePorts(1).get(0);
      ClusterNode second =
          TestCluster.node(
              new NodeSettings(
                  "planloop",
                  Set.of("trainer"),
                  place,
                  List.of(cluster.place("trainer")),
                  folder.resolve("second"),
                  0,
                  1,
                  Optional.empty()));
      assertThat(TestCluster.ended(second)).isEqualTo(1);
      assertThat(second.refusal())
          .contains("has a trainer at planloop@" + cluster.place("trainer"), "only one");
    }
  }

  @Test
  void aShardIsNotStartedOnTheFolderOfAnother() {
    HostPort place = TestCluster.freePorts(1).get(0);
    Shards.claim(folder.resolve("replay"), "planloop", 3);
    assertThatThrownBy(
            () ->
                TestCluster.node(
                    new NodeSettings(
                        "planloop",
                        Set.of("replay"),
                        place,
                        List.of(place),
                        folder,
                        1,
                        0,
                        Optional.empty())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds shard 3 of cluster planloop")
        .hasMessageContaining("--data");
  }

  @Test
  void whereNobodyAnswersTheUserIsToldWhatToCheck() {
    HostPort nobody = TestCluster.freePorts(1).get(0);
    try (ClusterClient client =
        new ClusterClient(
            new ClusterAccess("planloop", List.of(nobody), Optional.empty(), Optional.empty()))) {
      assertThatThrownBy(client::members)
          .isInstanceOf(ClusterClient.NoAnswerException.class)
          .hasMessageContaining("no node of cluster planloop answers at " + nobody)
          .hasMessageContaining("--cluster-name");
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    HostPort place = TestCluster.freePorts(1).get(0);
    NodeSettings settings =
        new NodeSettings(
            "planloop", Set.of("worker"), place, List.of(place), folder, 0, 1, Optional.empty());
    ClusterNode first = TestCluster.node(settings);
    try {
      assertThatThrownBy(() -> TestCluster.node(settings))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("--bind " + place + ": cannot listen there");
    } finally {
      first.stop();
      assertThat(TestCluster.ended(first)).isZero();
    }
  }
}
