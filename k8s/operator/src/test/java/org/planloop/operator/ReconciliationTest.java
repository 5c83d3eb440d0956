package org.planloop.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
  private static final String SPEC = "{experiment: 'name = e', workers: {replicas: 2}}";
  private final World world = new World();

  private <T extends HasMetadata> T object(Class<T> type, String name) {
    return world.cluster.all(type).stream()
        .filter(one -> one.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Seen seen(String phase, int iteration) {
    Seen.Progress progress =
        new Seen.Progress(
            "e-20260101-" + mark(), phase, "", iteration, 8, 200L * iteration, 178.2, 3.24, 1, 2);
    return new Seen(
        Optional.of(progress),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  private static String mark() {
    return org.planloop.deploy.cluster.RemoteCampaigns.mark(
        new Names("lab", "a").submission(Campaigns.of("a", SPEC).wanted()));
  }

  private List<String> told() {
    return world.cluster.events.values().stream()
        .sorted((one, other) -> one.getFirstTimestamp().compareTo(other.getFirstTimestamp()))
        .map(Event::getReason)
        .toList();
  }

  @Test
  void aCampaignStartsRunsAndFinishes() {
    world.create("a", SPEC);
    world.steps(1);
    assertThat(world.status("a").phase()).isEqualTo("Starting");
    world.steps(5);
    assertThat(world.status("a").phase()).isEqualTo("Running");
    assertThat(world.condition("a", "Ready")).startsWith("True PodsReady");
    assertThat(world.condition("a", "Accepted")).startsWith("True Applied");
    world.said.put("a", seen("RUNNING", 3));
    world.steps(1);
    CampaignStatus running = world.status("a");
    assertThat(running.iteration()).isEqualTo(3);
    assertThat(running.steps()).isEqualTo(600);
    assertThat(running.bestReturnInterval()).isEqualTo("178.2 [175.0, 181.4]");
    assertThat(running.workersReady()).isEqualTo(2);
    assertThat(running.jobsRunning()).isEqualTo(2);
    world.said.put("a", seen("FINISHED", 8));
    world.ends.put("a", "Complete");
    world.steps(3);
    assertThat(world.status("a").phase()).isEqualTo("Finished");
    assertThat(world.status("a").iteration()).isEqualTo(8);
    assertThat(world.condition("a", "Complete")).contains("True Finished", "/best");
    assertThat(told()).containsExactly("Starting", "Running", "Finished");
    // Nobody flies any more; trainer and shard stay, for the best policy lies there.
    assertThat(object(Deployment.class, "a-worker").getSpec().getReplicas()).isZero();
    assertThat(object(StatefulSet.class, "a-trainer").getSpec().getReplicas()).isOne();
  }

  @Test
  void whatIsAsItShallBeIsNotWrittenAgain() {
    world.create("a", SPEC);
    world.steps(8);
    int writes = world.cluster.writes;
    world.steps(50);
    assertThat(world.cluster.writes).isEqualTo(writes);
  }

  @Test
  void whatSomebodyChangedIsChangedBackAndWhatIsMissingIsMadeAgain() {
    world.create("a", SPEC);
    world.steps(8);
    Deployment worker = object(Deployment.class, "a-worker");
    worker.getSpec().setReplicas(9);
    worker.getMetadata().setGeneration(7L);
    world.cluster.objects.remove("StatefulSet/lab/a-replay");
    world.cluster.objects.remove("Secret/lab/a-tls");
    world.steps(3);
    assertThat(object(Deployment.class, "a-worker").getSpec().getReplicas()).isEqualTo(2);
    assertThat(object(StatefulSet.class, "a-replay").getSpec().getReplicas()).isOne();
    assertThat(object(Secret.class, "a-tls").getData())
        .containsKeys("tls.key", "tls.crt", "ca.crt");
    world.cluster.objects.remove("Service/lab/a");
    world.pass(601);
    world.steps(1);
    assertThat(world.cluster.objects).containsKey("Service/lab/a");
  }

  @Test
  void workersGoFirstThenTheTrainerThenTheShards() {
    world.create("a", SPEC);
    world.steps(8);
    world.change("a", "{experiment: 'name = e', suspend: true, workers: {replicas: 2}}");
    world.look("a");
    assertThat(object(Deployment.class, "a-worker").getSpec().getReplicas()).isZero();
    assertThat(object(Job.class, "a-client").getSpec().getSuspend()).isTrue();
    assertThat(object(StatefulSet.class, "a-trainer").getSpec().getReplicas()).isOne();
    assertThat(world.condition("a", "Ready")).startsWith("False Suspending");
    world.steps(2);
    assertThat(object(StatefulSet.class, "a-trainer").getSpec().getReplicas()).isZero();
    assertThat(object(StatefulSet.class, "a-replay").getSpec().getReplicas()).isOne();
    world.steps(4);
    assertThat(object(StatefulSet.class, "a-replay").getSpec().getReplicas()).isZero();
    assertThat(world.status("a").phase()).isEqualTo("Suspended");
    assertThat(world.cluster.pods("a")).isEmpty();
    assertThat(world.cluster.claims("a")).hasSize(2);
    world.change("a", SPEC);
    world.steps(6);
    assertThat(world.status("a").phase()).isEqualTo("Running");
    assertThat(object(Job.class, "a-client").getSpec().getSuspend()).isNull();
  }

  @Test
  void aPodOnALostNodeIsNotWaitedFor() {
    world.create("a", SPEC);
    world.steps(8);
    world.delete("a");
    world.look("a");
    world.cluster.pods("a").stream()
        .filter(pod -> Observed.component(pod).equals("worker"))
        .forEach(
            pod ->
                pod.getMetadata().setDeletionTimestamp(world.instant().plusSeconds(45).toString()));
    world.look("a");
    assertThat(object(StatefulSet.class, "a-trainer").getSpec().getReplicas()).isOne();
    world.pass(136);
    world.cluster.pods("a").stream()
        .filter(pod -> Observed.component(pod).equals("client"))
        .forEach(pod -> world.cluster.objects.remove(FakeCluster.key(pod)));
    world.look("a");
    assertThat(object(StatefulSet.class, "a-trainer").getSpec().getReplicas()).isZero();
  }

  @Test
  void deletionEndsAndVolumesStayOrGoAsIsSaid() {
    world.create("a", SPEC);
    world.create("b", "{experiment: 'name = e', volumes: Delete}");
    world.steps(8);
    assertThat(world.cluster.claims("b")).hasSize(2);
    world.delete("a");
    world.delete("b");
    world.look("a");
    assertThat(world.status("a").phase()).isEqualTo("Deleting");
    world.steps(12);
    assertThat(world.campaigns).isEmpty();
    world.steps(2);
    assertThat(world.cluster.claims("a")).hasSize(2);
    assertThat(world.cluster.objects.keySet())
        .containsExactlyInAnyOrder(
            "PersistentVolumeClaim/lab/data-a-trainer-0",
            "PersistentVolumeClaim/lab/data-a-replay-0");
    assertThat(told()).contains("Deleting", "Deleted");
  }

  @Test
  void deletionIsBoundedWhateverPodsDo() {
    world.create("a", SPEC);
    world.steps(8);
    world.delete("a");
    world.pass(Reconciliation.FAREWELL.toSeconds());
    world.look("a");
    assertThat(world.campaigns).isEmpty();
    assertThat(told()).contains("DeletionLate");
  }

  @Test
  void podsGoWhenTheTimeAfterTheEndIsOver() {
    world.create(
        "a", "{experiment: 'name = e', workers: {replicas: 2}, ttlSecondsAfterFinished: 60}");
    world.steps(8);
    world.ends.put("a", "Complete");
    world.steps(3);
    assertThat(world.cluster.pods("a")).isNotEmpty();
    world.pass(60);
    world.steps(4);
    assertThat(world.cluster.pods("a")).isEmpty();
    assertThat(world.cluster.all(StatefulSet.class)).isEmpty();
    assertThat(world.cluster.claims("a")).hasSize(2);
    world.restartOperator();
    world.steps(4);
    assertThat(world.status("a").phase()).isEqualTo("Finished");
    assertThat(world.cluster.all(Job.class)).isEmpty();
  }

  @Test
  void aConfigurationThatIsRefusedFailsWithItsWords() {
    world.create("a", SPEC);
    world.ends.put("a", "run folder: /tmp/run\nplanloop: planner.horizon 0: must be positive\n");
    world.steps(8);
    assertThat(world.status("a").phase()).isEqualTo("Failed");
    assertThat(world.condition("a", "Complete"))
        .startsWith("False ConfigurationRefused")
        .contains("planner.horizon 0: must be positive", "mended experiment");
    assertThat(told()).contains("Failed");
    assertThat(object(Deployment.class, "a-worker").getSpec().getReplicas()).isZero();
    // A user who has mended what was wrong outside deletes the job, and it is tried again.
    world.cluster.objects.remove("Job/lab/a-client");
    world.steps(6);
    assertThat(world.status("a").phase()).isEqualTo("Running");
    assertThat(world.status("a").completionTime()).isNull();
  }

  @Test
  void aCampaignThatItsTrainerGaveUpHasFailedUntilItGoesOn() {
    world.create("a", SPEC);
    world.steps(8);
    world.said.put("a", seen("FAILED", 3));
    world.steps(1);
    assertThat(world.status("a").phase()).isEqualTo("Failed");
    assertThat(world.condition("a", "Complete")).contains("CampaignFailed", "campaign retry");
    world.said.remove("a");
    world.restartOperator();
    world.steps(1);
    assertThat(world.status("a").phase()).isEqualTo("Failed");
    world.said.put("a", seen("RUNNING", 3));
    world.steps(1);
    assertThat(world.status("a").phase()).isEqualTo("Running");
  }

  @Test
  void whatBelongsToOthersIsLeftAlone() {
    String foreign =
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a-worker, namespace: lab, uid: u},"
            + " spec: {replicas: 5}}";
    world.cluster.put(Campaigns.object(foreign, Deployment.class));
    world.create("a", SPEC);
    world.steps(4);
    assertThat(world.status("a").phase()).isEqualTo("Pending");
    assertThat(world.condition("a", "NameConflict"))
        .startsWith("True BelongsToOthers: Deployment a-worker is there already")
        .contains("another name");
    assertThat(object(Deployment.class, "a-worker").getSpec().getReplicas()).isEqualTo(5);
    assertThat(world.cluster.all(StatefulSet.class)).isEmpty();
    world.cluster.objects.remove("Deployment/lab/a-worker");
    world.steps(8);
    assertThat(world.status("a").phase()).isEqualTo("Running");
    assertThat(world.condition("a", "NameConflict")).isEmpty();
  }

  @Test
  void aReleaseOfThePlainManifestsInTheNamespaceIsSeen() {
    world.cluster.put(
        Campaigns.object(
            "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: trainer, namespace: lab,"
                + " labels: {app.kubernetes.io/part-of: planloop}}, spec: {replicas: 0}}",
            StatefulSet.class));
    world.create("a", SPEC);
    world.steps(2);
    assertThat(world.status("a").phase()).isEqualTo("Pending");
    assertThat(world.condition("a", "NameConflict"))
        .contains("ReleaseInNamespace", "another namespace");
  }

  @Test
  void aSecretOrConfigMapThatIsNamedAndMissingIsWaitedFor() {
    world.create("a", "{experimentConfigMap: exp, tlsSecret: mine, httpSecret: tok}");
    world.steps(2);
    assertThat(world.status("a").phase()).isEqualTo("Pending");
    assertThat(world.condition("a", "SecretMissing"))
        .contains(
            "spec.tlsSecret: the Secret mine is not there", "spec.httpSecret: the Secret tok");
    assertThat(world.condition("a", "ConfigMapMissing"))
        .contains("--from-file=experiment.conf=FILE");
    assertThat(world.condition("a", "Accepted")).startsWith("False SecretMissing");
    for (String object :
        List.of(
            "{apiVersion: v1, kind: Secret, metadata: {name: mine, namespace: lab}, data: {tls.key:"
                + " eA==, tls.crt: eA==, ca.crt: eA==}}",
            "{apiVersion: v1, kind: Secret, metadata: {name: tok, namespace: lab}, data: {token:"
                + " eA==}}")) {
      world.cluster.put(Campaigns.object(object, Secret.class));
    }
    world.cluster.put(
        Campaigns.object(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: exp, namespace: lab}, data:"
                + " {experiment.conf: 'name = e'}}",
            io.fabric8.kubernetes.api.model.ConfigMap.class));
    world.steps(8);
    assertThat(world.status("a").phase()).isEqualTo("Running");
    assertThat(world.cluster.all(Secret.class)).hasSize(2);
  }

  @Test
  void fieldsOfANewerVersionStopChangesAndNothingElse() {
    world.create("a", SPEC);
    world.steps(8);
    world.change("a", "{experiment: 'name = e', workers: {replicas: 5}, robots: 3}");
    int writes = world.cluster.writes;
    world.steps(3);
    assertThat(world.condition("a", "Accepted")).startsWith("False NotUnderstood");
    assertThat(world.condition("a", "NotUnderstood"))
        .contains("version 1, does not know spec.robots", "upgrade the operator");
    assertThat(world.cluster.writes).isEqualTo(writes);
    assertThat(world.status("a").phase()).isEqualTo("Running");
    world.change("a", "{experiment: 'name = e', workers: {replicas: 5}}");
    world.steps(4);
    assertThat(world.cluster.pods("a")).hasSize(8);
  }

  @Test
  void anotherImageMeansAnotherJobOfTheSameCampaign() {
    world.create("a", SPEC);
    world.steps(8);
    String uid = object(Job.class, "a-client").getMetadata().getUid();
    String submission = submission();
    world.change("a", "{experiment: 'name = e', image: 'planloop:2', workers: {replicas: 2}}");
    world.steps(8);
    assertThat(object(Job.class, "a-client").getMetadata().getUid()).isNotEqualTo(uid);
    assertThat(submission()).isEqualTo(submission);
    assertThat(world.cluster.pods("a"))
        .allSatisfy(
            pod ->
                assertThat(pod.getSpec().getContainers().get(0).getImage())
                    .isEqualTo("planloop:2"));
    assertThat(world.status("a").phase()).isEqualTo("Running");
  }

  private String submission() {
    return object(Job.class, "a-client")
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .get(0)
        .getArgs()
        .stream()
        .filter(arg -> arg.startsWith("--submission"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void certificatesAreRenewedBeforeTheyEndAndTheAuthorityStays() {
    world.create("a", SPEC);
    world.steps(4);
    String first = object(Secret.class, "a-tls").getData().get("tls.crt");
    String authority = object(Secret.class, "a-authority").getData().get("ca.crt");
    String token = object(Secret.class, "a-http").getData().get("token");
    Instant until = Certificates.until(object(Secret.class, "a-tls")).orElseThrow();
    assertThat(Duration.between(world.instant(), until))
        .isBetween(Duration.ofDays(89), Duration.ofDays(90));
    world.pass(Duration.ofDays(59).toSeconds());
    world.steps(1);
    assertThat(object(Secret.class, "a-tls").getData()).containsEntry("tls.crt", first);
    world.pass(Duration.ofDays(2).toSeconds());
    world.steps(1);
    assertThat(object(Secret.class, "a-tls").getData()).doesNotContainEntry("tls.crt", first);
    assertThat(object(Secret.class, "a-tls").getData()).containsEntry("ca.crt", authority);
    assertThat(object(Secret.class, "a-http").getData()).containsEntry("token", token);
  }

  @Test
  void anApiServerThatRefusesIsQuoted() {
    world.create("a", "{experiment: 'name = e', trainer: {storage: 1Gi}}");
    world.steps(4);
    world.change("a", "{experiment: 'name = e', trainer: {storage: 2Gi}}");
    world.steps(2);
    assertThat(world.condition("a", "Refused"))
        .contains("StatefulSet a-trainer: updates to statefulset");
  }
}
