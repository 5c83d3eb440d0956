package org.planloop.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.planloop.k8s.Tree.at;
import static org.planloop.k8s.Tree.list;
import static org.planloop.k8s.Tree.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every overlay, and of the campaign, as they are rendered. */
class ManifestsTest {
  private static final Path DEPLOY = Path.of("../deploy/src/main/java/org/planloop/deploy");

  private static final Path OPERATOR = Path.of("operator/src/main/java/org/planloop/operator");

  private static final List<Object> CLUSTER_WIDE =
      List.of(
          "Namespace",
          "PriorityClass",
          "CustomResourceDefinition",
          "ClusterRole",
          "ClusterRoleBinding");

  private static String namespace(Rendered rendered) {
    return rendered.name().endsWith("operator") ? "planloop-operator" : "planloop";
  }

  static Stream<Rendered> rendered() {
    return Rendered.all().stream();
  }

  private static Map<String, Object> podSpec(Map<String, Object> workload) {
    return map(at(workload, "spec", "template", "spec"));
  }

  private static List<Map<String, Object>> containers(Map<String, Object> workload) {
    return list(podSpec(workload).get("containers")).stream().map(Tree::map).toList();
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void everyObjectIsOfAKnownKindAndHasOnlyItsFields(Rendered rendered) {
    for (Map<String, Object> object : rendered.objects()) {
      assertThat(Kinds.wrongIn(object)).as(rendered.called(object)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void everyObjectIsLabelledAndInTheNamespace(Rendered rendered) {
    Set<String> known = new HashSet<>();
    for (Map<String, Object> object : rendered.objects()) {
      String called = rendered.called(object);
      assertThat(known.add(called)).as("twice: " + called).isTrue();
      assertThat(at(object, "metadata", "labels", "app.kubernetes.io/name"))
          .as(called)
          .isEqualTo("planloop");
      if (!CLUSTER_WIDE.contains(object.get("kind"))) {
        assertThat(at(object, "metadata", "namespace")).as(called).isEqualTo(namespace(rendered));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void podsAreRestricted(Rendered rendered) {
    assertThat(rendered.workloads()).isNotEmpty();
    for (Map<String, Object> workload : rendered.workloads()) {
      String called = rendered.called(workload);
      Map<String, Object> pod = podSpec(workload);
      assertThat(at(pod, "securityContext", "runAsNonRoot")).as(called).isEqualTo(true);
      assertThat(at(pod, "securityContext", "runAsUser")).as(called).isEqualTo(10001);
      assertThat(at(pod, "securityContext", "seccompProfile", "type"))
          .as(called)
          .isEqualTo("RuntimeDefault");
      if (!called.endsWith("Deployment operator")) {
        // All others ask the Kubernetes API for nothing.
        assertThat(pod.get("automountServiceAccountToken"))
            .as(called)
            .isEqualTo(joinsByTheApi(rendered, workload));
      }
      assertThat(pod).as(called).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
      for (Object volume : list(pod.get("volumes"))) {
        assertThat(map(volume)).as(called).doesNotContainKey("hostPath");
      }
      for (Map<String, Object> container : containers(workload)) {
        Map<String, Object> context = map(container.get("securityContext"));
        assertThat(context.get("allowPrivilegeEscalation")).as(called).isEqualTo(false);
        assertThat(context.get("readOnlyRootFilesystem")).as(called).isEqualTo(true);
        assertThat(at(context, "capabilities", "drop")).as(called).isEqualTo(List.of("ALL"));
        assertThat(context).as(called).doesNotContainKey("privileged");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void imagesAreOfThisVersion(Rendered rendered) throws IOException {
    Matcher version =
        Pattern.compile("<version>(.*?)</version>")
            .matcher(Files.readString(Path.of("../pom.xml")));
    assertThat(version.find()).isTrue();
    for (Map<String, Object> workload : rendered.workloads()) {
      for (Map<String, Object> container : containers(workload)) {
        assertThat(container.get("image"))
            .as(rendered.called(workload))
            .isIn("planloop:" + version.group(1), "planloop-cuda:" + version.group(1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void memoryIsLimitedAndTheCpuIsNot(Rendered rendered) {
    for (Map<String, Object> workload : rendered.workloads()) {
      for (Map<String, Object> container : containers(workload)) {
        String called = rendered.called(workload);
        assertThat(at(container, "resources", "requests", "cpu")).as(called).isNotNull();
        assertThat(at(container, "resources", "requests", "memory")).as(called).isNotNull();
        assertThat(at(container, "resources", "limits", "memory")).as(called).isNotNull();
        assertThat(at(container, "resources", "limits", "cpu")).as(called).isNull();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void probesAskForPagesThatThereAre(Rendered rendered) throws IOException {
    String pages = Files.readString(DEPLOY.resolve("http/NodePages.java"));
    for (Map<String, Object> workload : rendered.workloads()) {
      if (workload.get("kind").equals("Job")) {
        continue;
      }
      for (Map<String, Object> container : containers(workload)) {
        Set<Object> paths = new HashSet<>();
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
          Object path = at(container, probe, "httpGet", "path");
          assertThat(pages).as(rendered.called(workload)).contains("\"" + path + "\"");
          assertThat(at(container, probe, "httpGet", "port")).isEqualTo("http");
          assertThat(at(container, probe, "timeoutSeconds")).isEqualTo(7);
          paths.add(path);
        }
        assertThat(paths).hasSize(3);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void argumentsAreOptionsThatThereAre(Rendered rendered) throws IOException {
    String options =
        Files.readString(DEPLOY.resolve("cli/NodeCommand.java"))
            + Files.readString(DEPLOY.resolve("cli/JoinOptions.java"))
            + Files.readString(DEPLOY.resolve("cli/TrainCommand.java"))
            + Files.readString(DEPLOY.resolve("cli/ClusterOptions.java"))
            + Files.readString(DEPLOY.resolve("cli/ClassPathOption.java"))
            + Files.readString(DEPLOY.resolve("cli/ObjectStoreOptions.java"))
            + Files.readString(DEPLOY.resolve("cli/StoreAccessOptions.java"))
            + Files.readString(DEPLOY.resolve("cli/ExperimentOptions.java"))
            + Files.readString(OPERATOR.resolve("OperatorCommand.java"));
    for (Map<String, Object> workload : rendered.workloads()) {
      for (Map<String, Object> container : containers(workload)) {
        String called = rendered.called(workload);
        Set<Object> known = new HashSet<>();
        list(container.get("env")).forEach(variable -> known.add(map(variable).get("name")));
        for (Object argument : list(container.get("args"))) {
          String text = String.valueOf(argument);
          if (text.startsWith("--")) {
            assertThat(options).as(called).contains("\"" + text.split("=", 2)[0] + "\"");
          }
          Matcher used = Pattern.compile("\\$\\((\\w+)\\)").matcher(text);
          while (used.find()) {
            assertThat(known).as(called + ": " + text).contains(used.group(1));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void nodesLogForThoseWhoCollect(Rendered rendered) throws IOException {
    assertThat(Files.readString(DEPLOY.resolve("cli/LogFormat.java")))
        .contains("VARIABLE = \"PLANLOOP_LOG_FORMAT\"")
        .contains("case \"json\"");
    for (Map<String, Object> workload : rendered.workloads()) {
      if (!workload.get("kind").equals("Job")) {
        for (Map<String, Object> container : containers(workload)) {
          assertThat(list(container.get("env")))
              .as(rendered.called(workload))
              .contains(Map.of("name", "PLANLOOP_LOG_FORMAT", "value", "json"));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void whatAPodNamesIsThere(Rendered rendered) throws IOException {
    String secrets = Files.readString(Path.of("secrets.sh"));
    String byHand = Files.readString(Path.of("components/extensions/kustomization.yaml"));
    List<String> names = new ArrayList<>();
    Rendered.all()
        .forEach(
            other ->
                other.objects().stream()
                    .filter(object -> other.name().equals(rendered.name()) || base(object))
                    .forEach(
                        object ->
                            names.add(object.get("kind") + " " + at(object, "metadata", "name"))));
    for (Map<String, Object> workload : rendered.workloads()) {
      String called = rendered.called(workload);
      Map<String, Object> pod = podSpec(workload);
      assertThat(names).as(called).contains("ServiceAccount " + pod.get("serviceAccountName"));
      assertThat(names).as(called).contains("PriorityClass " + pod.get("priorityClassName"));
      Set<Object> volumes = new HashSet<>();
      for (Object volume : list(pod.get("volumes"))) {
        volumes.add(map(volume).get("name"));
        Object secret = at(volume, "secret", "secretName");
        if (secret != null) {
          assertThat(secrets).as(called).contains("secret " + secret + " ");
          // Node and endpoint refuse or warn of what every user can read.
          assertThat(at(volume, "secret", "defaultMode")).as(called).isEqualTo(0440);
        }
        Object map = at(volume, "configMap", "name");
        if (map != null && !byHand.contains("create configmap " + map + " ")) {
          assertThat(names).as(called).contains("ConfigMap " + map);
        }
      }
      if (workload.get("kind").equals("StatefulSet")) {
        volumes.add("data");
        assertThat(names).contains("Service " + at(workload, "spec", "serviceName"));
      }
      for (Map<String, Object> container : containers(workload)) {
        for (Object mount : list(container.get("volumeMounts"))) {
          assertThat(volumes).as(called).contains(map(mount).get("name"));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void whoIsToCopyIsToldWhereAndMaySpeakToTheStore(Rendered rendered) {
    boolean copies = rendered.name().endsWith("object-store");
    for (Map<String, Object> workload : rendered.workloads()) {
      String called = rendered.called(workload);
      boolean keeps = copies && workload.get("kind").equals("StatefulSet");
      for (Map<String, Object> container : containers(workload)) {
        assertThat(list(container.get("args")).contains("--object-store=$(OBJECT_STORE)"))
            .as(called)
            .isEqualTo(keeps);
        assertThat(String.valueOf(container.get("envFrom")))
            .as(called)
            .isEqualTo(keeps ? "[{secretRef={name=planloop-object-store}}]" : "null");
        for (Object variable : list(container.get("env"))) {
          Object map = at(variable, "valueFrom", "configMapKeyRef", "name");
          if (map != null) {
            Object key = at(variable, "valueFrom", "configMapKeyRef", "key");
            assertThat(rendered.objects())
                .as(called)
                .anySatisfy(
                    object -> {
                      assertThat(at(object, "metadata", "name")).isEqualTo(map);
                      assertThat(at(object, "data", String.valueOf(key))).isNotNull();
                    });
          }
        }
      }
    }
    assertThat(rendered.objects().stream().map(rendered::called))
        .filteredOn(called -> called.endsWith("NetworkPolicy object-store"))
        .hasSize(copies ? 1 : 0);
  }

  private static boolean joinsByTheApi(Rendered rendered, Map<String, Object> workload) {
    return rendered.name().endsWith("/join") && workload.get("kind").equals("StatefulSet");
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void whoJoinsByTheApiFindsTheOthersAndNobodyElseDoes(Rendered rendered) throws IOException {
    boolean joins = rendered.name().endsWith("/join");
    Joins constants = Joins.read();
    int core = 0;
    for (Map<String, Object> workload : rendered.workloads()) {
      String called = rendered.called(workload);
      boolean byApi = joinsByTheApi(rendered, workload);
      Map<String, Object> pod = map(at(workload, "spec", "template"));
      Map<String, Object> container = containers(workload).get(0);
      List<Object> arguments = list(container.get("args"));
      assertThat(arguments.contains("--join=kubernetes")).as(called).isEqualTo(byApi);
      assertThat(
              list(container.getOrDefault("ports", List.of()))
                  .contains(
                      Map.of("name", constants.portName(), "containerPort", constants.port())))
          .as(called)
          .isEqualTo(byApi);
      assertThat(arguments.contains("--resolver=lease"))
          .as(called)
          .isEqualTo(joins && called.endsWith("Deployment worker"));
      if (byApi) {
        core += (Integer) at(workload, "spec", "replicas");
        assertThat(arguments).as(called).noneMatch(a -> String.valueOf(a).startsWith("--seeds"));
        assertThat(container.get("name")).as(called).isEqualTo(constants.container());
        Map<String, Object> labels = map(at(pod, "metadata", "labels"));
        assertThat(constants.pods())
            .as(called)
            .contains("app.kubernetes.io/part-of=" + labels.get("app.kubernetes.io/part-of"))
            .containsPattern("[(,]" + labels.get("app.kubernetes.io/component") + "[,)]");
      }
    }
    if (joins) {
      for (Map<String, Object> workload : rendered.workloads()) {
        if (joinsByTheApi(rendered, workload)) {
          assertThat(list(containers(workload).get(0).get("args")))
              .contains("--core-nodes=" + core);
        }
      }
    }
  }

  /** What nodes look for, as the program has it. */
  private record Joins(String pods, int port, String portName, String container) {
    static Joins read() throws IOException {
      String source = Files.readString(DEPLOY.resolve("cluster/Joining.java"));
      return new Joins(
          constant(source, "String PODS"),
          Integer.parseInt(constant(source, "int PORT")),
          constant(source, "String PORT_NAME"),
          constant(source, "String CONTAINER"));
    }

    private static String constant(String source, String name) {
      Matcher found = Pattern.compile(name + " =\\s+\"?([^\";]+)").matcher(source);
      assertThat(found.find()).as(name).isTrue();
      return found.group(1);
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void onlyWhoJoinsByTheApiHasARightAndNoneTooMany(Rendered rendered) {
    if (rendered.name().endsWith("operator")) {
      return;
    }
    List<Map<String, Object>> roles = kinds(rendered, "Role");
    List<Map<String, Object>> bindings = kinds(rendered, "RoleBinding");
    assertThat(kinds(rendered, "ClusterRole")).isEmpty();
    assertThat(kinds(rendered, "ClusterRoleBinding")).isEmpty();
    for (Map<String, Object> account : kinds(rendered, "ServiceAccount")) {
      assertThat(account.get("automountServiceAccountToken"))
          .as(rendered.called(account))
          .isEqualTo(false);
    }
    if (!rendered.name().endsWith("/join")) {
      assertThat(roles).isEmpty();
      assertThat(bindings).isEmpty();
      return;
    }
    assertThat(roles).hasSize(1);
    assertThat(list(roles.get(0).get("rules")))
        .containsExactlyInAnyOrder(
            Map.of(
                "apiGroups", List.of(""), "resources", List.of("pods"), "verbs", List.of("list")),
            Map.of(
                "apiGroups",
                List.of("coordination.k8s.io"),
                "resources",
                List.of("leases"),
                "resourceNames",
                List.of("planloop"),
                "verbs",
                List.of("get", "update")),
            Map.of(
                "apiGroups",
                List.of("coordination.k8s.io"),
                "resources",
                List.of("leases"),
                "verbs",
                List.of("create")));
    assertThat(bindings).hasSize(1);
    assertThat(at(bindings.get(0), "roleRef", "name"))
        .isEqualTo(at(roles.get(0), "metadata", "name"));
    assertThat(list(bindings.get(0).get("subjects")))
        .extracting(subject -> map(subject).get("name"))
        .containsExactlyInAnyOrder("trainer", "replay");
    assertThat(list(bindings.get(0).get("subjects")))
        .extracting(subject -> map(subject).get("namespace"))
        .containsOnly(namespace(rendered));
  }

  private static List<Map<String, Object>> kinds(Rendered rendered, String kind) {
    return rendered.objects().stream().filter(object -> object.get("kind").equals(kind)).toList();
  }

  /** Kustomize does not let an overlay take single files of a base. */
  @Test
  void theOperatorsPriorityClassesAreThoseOfTheBase() {
    Map<String, Set<Object>> classes = new HashMap<>();
    for (Rendered rendered : Rendered.all()) {
      for (Map<String, Object> object : rendered.objects()) {
        if (object.get("kind").equals("PriorityClass")) {
          Map<String, Object> told = new HashMap<>(object);
          told.remove("metadata");
          classes
              .computeIfAbsent(String.valueOf(at(object, "metadata", "name")), n -> new HashSet<>())
              .add(told);
        }
      }
    }
    assertThat(classes).containsOnlyKeys("planloop-core", "planloop-worker");
    assertThat(classes.values()).allSatisfy(same -> assertThat(same).hasSize(1));
  }

  /** What every overlay has, and the campaign relies on. */
  private static boolean base(Map<String, Object> object) {
    return List.of("ServiceAccount", "PriorityClass").contains(object.get("kind"));
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void selectorsFindTheirPods(Rendered rendered) {
    List<Map<String, Object>> pods =
        rendered.workloads().stream()
            .map(workload -> map(at(workload, "spec", "template", "metadata", "labels")))
            .toList();
    for (Map<String, Object> object : rendered.objects()) {
      Object selector =
          switch (String.valueOf(object.get("kind"))) {
            case "Service" -> at(object, "spec", "selector");
            case "StatefulSet", "Deployment", "PodDisruptionBudget", "PodMonitor" ->
                at(object, "spec", "selector", "matchLabels");
            case "NetworkPolicy" -> at(object, "spec", "podSelector", "matchLabels");
            default -> null;
          };
      if (selector != null) {
        assertThat(pods)
            .as(rendered.called(object))
            .anySatisfy(labels -> assertThat(labels).containsAllEntriesOf(map(selector)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void alertsAreAboutMetricsThatThereAre(Rendered rendered) throws IOException {
    String documented = Files.readString(Path.of("../docs/metrics.md"));
    for (Map<String, Object> object : rendered.objects()) {
      if (object.get("kind").equals("PrometheusRule")) {
        Matcher used = Pattern.compile("planloop_\\w+").matcher(object.toString());
        int found = 0;
        while (used.find()) {
          assertThat(documented).contains("`" + used.group() + "`");
          found++;
        }
        assertThat(found).isPositive();
      }
    }
  }
}
