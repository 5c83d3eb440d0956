package org.planloop.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 200 random things that users, Kubernetes and the operator's end do to three campaigns; after each
 * the operator, which may be killed at any of its calls, brings all of them to where they are to
 * be.
 */
class RandomOperationsTest {
  private static final int OPERATIONS = 200;
  private static final List<String> NAMES = List.of("a", "b", "a-worker");

  /** What a user wants of a campaign. */
  private record Wanted(int workers, boolean suspend, String image, boolean volumesGo) {
    String spec() {
      return "{experiment: 'name = e', workers: {replicas: "
          + workers
          + "}, suspend: "
          + suspend
          + ", image: '"
          + image
          + "', volumes: "
          + (volumesGo ? "Delete" : "Retain")
          + "}";
    }
  }

  private final World world = new World();
  private final Map<String, Wanted> wanted = new HashMap<>();
  private final Set<String> finished = new HashSet<>();
  private final Set<String> keptClaims = new HashSet<>();
  private final List<String> done = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1})
  void everyOneEndsInTheStatedCondition(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Service foreign =
        Campaigns.object(
            "{apiVersion: v1, kind: Service, metadata: {name: other, namespace: lab}, spec: {selector:"
                + " {app: x}}}",
            Service.class);
    world.cluster.put(foreign);
    String before = Serialization.asJson(foreign);
    for (int i = 0; i < OPERATIONS; i++) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      done.add(i + ": " + operation(name, random));
      if (random.nextInt(2) == 0) {
        world.cluster.killAt(random.nextInt(1, 60), random.nextBoolean());
        done.add("killed");
      }
      world.steps(random.nextInt(3));
      if (random.nextInt(3) > 0) {
        world.steps(20);
        check();
      }
    }
    world.steps(20);
    check();
    assertThat(Serialization.asJson(world.cluster.objects.get("Service/lab/other")))
        .isEqualTo(before);
    assertThat(done).hasSizeGreaterThan(OPERATIONS + OPERATIONS / 4);
  }

  private String operation(String name, SplittableRandom random) {
    Wanted now = wanted.get(name);
    if (now == null) {
      Wanted fresh =
          new Wanted(random.nextInt(4), random.nextInt(4) == 0, "planloop:1", random.nextBoolean());
      if (!world.campaigns.containsKey(name)) {
        wanted.put(name, fresh);
        world.create(name, fresh.spec());
        // Volumes that an earlier one left are taken up, whatever was said of them then.
        return "create " + name + " " + fresh;
      }
      return "none: " + name + " is going";
    }
    return switch (random.nextInt(9)) {
      case 0, 1 -> {
        wanted.remove(name);
        finished.remove(name);
        world.ends.remove(name);
        world.delete(name);
        yield "delete " + name;
      }
      case 2 -> change(name, new Wanted(random.nextInt(6), now.suspend, now.image, now.volumesGo));
      case 3 -> change(name, new Wanted(now.workers, !now.suspend, now.image, now.volumesGo));
      case 4 ->
          change(
              name,
              new Wanted(now.workers, now.suspend, "planloop:" + random.nextInt(3), now.volumesGo));
      case 5 -> {
        world.ends.put(name, "Complete");
        yield "finish " + name;
      }
      case 6 -> {
        List<String> own =
            world.cluster.objects.values().stream()
                .filter(one -> belongs(one, name))
                .map(FakeCluster::key)
                .toList();
        if (own.isEmpty()) {
          yield "none: " + name + " has nothing yet";
        }
        String gone = own.get(random.nextInt(own.size()));
        world.cluster.objects.remove(gone);
        // What is neither a workload nor a Secret is looked after every ten minutes.
        world.pass(601);
        yield "remove " + gone;
      }
      case 7 -> {
        List<Pod> pods = world.cluster.pods(name);
        pods.stream()
            .findAny()
            .ifPresent(pod -> world.cluster.objects.remove(FakeCluster.key(pod)));
        yield "end a pod of " + name;
      }
      default -> {
        world.restartOperator();
        yield "restart";
      }
    };
  }

  private String change(String name, Wanted next) {
    wanted.put(name, next);
    world.change(name, next.spec());
    return "change " + name + " " + next;
  }

  private boolean belongs(HasMetadata object, String name) {
    return Observed.belongs(object, world.campaigns.get(name));
  }

  private void check() {
    String story = String.join("\n", done.subList(Math.max(0, done.size() - 12), done.size()));
    assertThat(world.campaigns.keySet()).as(story).isEqualTo(wanted.keySet());
    for (String name : NAMES) {
      if (!wanted.containsKey(name)) {
        assertThat(
                world.cluster.objects.values().stream()
                    .filter(one -> !(one instanceof PersistentVolumeClaim))
                    .filter(one -> one.getMetadata().getLabels() != null)
                    .filter(one -> name.equals(one.getMetadata().getLabels().get(Campaign.LABEL)))
                    .map(FakeCluster::key)
                    .toList())
            .as(story)
            .isEmpty();
        assertThat(world.cluster.pods(name)).as(story).isEmpty();
        continue;
      }
      Wanted now = wanted.get(name);
      String phase = world.status(name).phase();
      String as = name + " " + now + " " + world.status(name) + "\n" + story;
      List<Pod> pods = world.cluster.pods(name);
      if (phase.equals("Finished") || finished.contains(name)) {
        finished.add(name);
        assertThat(phase).as(as).isEqualTo("Finished");
        assertThat(pods).as(as).noneMatch(pod -> Observed.component(pod).equals("worker"));
      } else if (now.suspend) {
        assertThat(phase).as(as).isEqualTo("Suspended");
        assertThat(pods).as(as).isEmpty();
      } else {
        assertThat(phase).as(as).isEqualTo("Running");
        assertThat(pods.stream().filter(pod -> Observed.component(pod).equals("worker")).count())
            .as(as)
            .isEqualTo(now.workers);
        assertThat(pods).as(as).hasSize(now.workers + 3);
        assertThat(pods)
            .as(as)
            .allSatisfy(
                pod ->
                    assertThat(pod.getSpec().getContainers().get(0).getImage())
                        .isEqualTo(now.image));
        assertThat(world.status(name).workersReady()).as(as).isEqualTo(now.workers);
        assertThat(world.status(name).condition("Accepted").orElseThrow().getStatus())
            .as(as)
            .isEqualTo("True");
      }
      assertThat(world.status(name).observedGeneration())
          .as(as)
          .isEqualTo(world.campaigns.get(name).getMetadata().getGeneration());
    }
    // What somebody kept stays for good, as nobody deletes claims but Kubernetes itself.
    keptClaims.forEach(claim -> assertThat(world.cluster.objects).as(story).containsKey(claim));
    world.cluster.all(PersistentVolumeClaim.class).stream()
        .filter(claim -> claim.getMetadata().getOwnerReferences().isEmpty())
        .map(FakeCluster::key)
        .forEach(keptClaims::add);
  }
}
