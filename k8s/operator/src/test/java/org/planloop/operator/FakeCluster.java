package org.planloop.operator;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An API server in memory, with the rules that matter to the operator: what is applied keeps its
 * status, a generation counts changes of the spec, templates of jobs and of volume claims cannot be
 * changed. On demand it dies at a call, before or after the call's effect.
 */
final class FakeCluster implements Cluster {
  /** The operator's process has ended. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  final Map<String, HasMetadata> objects = new TreeMap<>();
  final Map<String, Event> events = new HashMap<>();

  /** Statuses as they were written, by campaign; the newest one counts. */
  final Map<String, CampaignStatus> statuses = new HashMap<>();

  int writes;
  private long uids;
  private int callsLeft = Integer.MAX_VALUE;
  private boolean afterEffect;

  /** Ends the operator at one of its next calls. */
  void killAt(int call, boolean after) {
    callsLeft = call;
    afterEffect = after;
  }

  void live() {
    callsLeft = Integer.MAX_VALUE;
  }

  boolean killed() {
    return callsLeft < 0;
  }

  private void before() {
    callsLeft = callsLeft == Integer.MAX_VALUE ? callsLeft : callsLeft - 1;
    if (callsLeft < 0 && !afterEffect) {
      throw new Killed();
    }
  }

  private void after() {
    if (callsLeft < 0) {
      throw new Killed();
    }
  }

  static String key(String kind, String namespace, String name) {
    return kind + "/" + namespace + "/" + name;
  }

  static String key(HasMetadata object) {
    return key(
        object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  /** As somebody else would, without any rule. */
  void put(HasMetadata object) {
    if (object.getMetadata().getUid() == null) {
      object.getMetadata().setUid("uid-" + ++uids);
    }
    if (object.getMetadata().getGeneration() == null) {
      object.getMetadata().setGeneration(1L);
    }
    if (object.getMetadata().getCreationTimestamp() == null) {
      object.getMetadata().setCreationTimestamp("2026-01-01T00:00:00Z");
    }
    objects.put(key(object), object);
  }

  <T extends HasMetadata> List<T> all(Class<T> type) {
    return objects.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public <T extends HasMetadata> Optional<T> get(Class<T> type, String namespace, String name) {
    before();
    Optional<T> found =
        Optional.ofNullable(objects.get(key(type.getSimpleName(), namespace, name)))
            .map(type::cast)
            .map(YAML::clone);
    after();
    return found;
  }

  @Override
  public <T extends HasMetadata> T apply(T wanted) throws RefusedException {
    before();
    writes++;
    T made = YAML.clone(wanted);
    HasMetadata there = objects.get(key(wanted));
    if (there != null) {
      refuse(there, wanted);
      made.getMetadata().setUid(there.getMetadata().getUid());
      made.getMetadata().setCreationTimestamp(there.getMetadata().getCreationTimestamp());
      made.getMetadata().setDeletionTimestamp(there.getMetadata().getDeletionTimestamp());
      long generation = Objects.requireNonNullElse(there.getMetadata().getGeneration(), 1L);
      made.getMetadata().setGeneration(same(there, wanted) ? generation : generation + 1);
      copyStatus(there, made);
    }
    put(made);
    after();
    return YAML.clone(made);
  }

  private static boolean same(HasMetadata there, HasMetadata wanted) {
    return Objects.equals(Campaigns.tree(there).get("spec"), Campaigns.tree(wanted).get("spec"));
  }

  private static void copyStatus(HasMetadata from, HasMetadata to) {
    if (from instanceof StatefulSet set) {
      ((StatefulSet) to).setStatus(set.getStatus());
    } else if (from instanceof Deployment deployment) {
      ((Deployment) to).setStatus(deployment.getStatus());
    } else if (from instanceof Job job) {
      ((Job) to).setStatus(job.getStatus());
    }
  }

  private static void refuse(HasMetadata there, HasMetadata wanted) throws RefusedException {
    if (there instanceof Job && !same(there, wanted, "/spec/template")) {
      throw new RefusedException("spec.template: Invalid value: field is immutable");
    }
    if (there instanceof StatefulSet && !same(there, wanted, "/spec/volumeClaimTemplates")) {
      throw new RefusedException(
          "updates to statefulset spec for fields other than ... are forbidden");
    }
  }

  private static boolean same(HasMetadata there, HasMetadata wanted, String path) {
    return Campaigns.tree(there).at(path).equals(Campaigns.tree(wanted).at(path));
  }

  @Override
  public void delete(HasMetadata object) {
    before();
    writes++;
    objects.remove(key(object));
    after();
  }

  @Override
  public void status(Campaign campaign, CampaignStatus status) {
    before();
    statuses.put(campaign.uid(), status);
    after();
  }

  @Override
  public void tell(Event event) {
    before();
    events.putIfAbsent(
        event.getMetadata().getNamespace() + "/" + event.getMetadata().getName(), event);
    after();
  }

  /** What carries a campaign's label, as its informers would have it. */
  Owned owned(Campaign campaign) {
    return new Owned() {
      @Override
      public <T extends HasMetadata> List<T> of(Class<T> type) {
        List<T> found = new ArrayList<>();
        for (T object : all(type)) {
          Map<String, String> labels = object.getMetadata().getLabels();
          if (labels != null
              && campaign.name().equals(labels.get(Campaign.LABEL))
              && campaign.namespace().equals(object.getMetadata().getNamespace())) {
            found.add(YAML.clone(object));
          }
        }
        return found;
      }
    };
  }

  List<Pod> pods(String campaign) {
    return all(Pod.class).stream().filter(pod -> of(pod, campaign)).toList();
  }

  List<PersistentVolumeClaim> claims(String campaign) {
    return all(PersistentVolumeClaim.class).stream().filter(one -> of(one, campaign)).toList();
  }

  private static boolean of(HasMetadata object, String campaign) {
    return campaign.equals(object.getMetadata().getLabels().get(Campaign.LABEL));
  }
}
