package org.planloop.deploy.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the house looks like, as rules over the compiled classes of all modules. A rule holds for
 * packages that do not exist yet, so none of them may fail on an empty set.
 */
final class Rules {
  private static final String ROOT = "org.planloop.";

  /** Each module and the packages under {@code org.planloop} that it alone may fill. */
  static final Map<String, List<String>> MODULES =
      Map.of(
          "actor-core",
          List.of(
              "data",
              "torch",
              "environment",
              "dynamics",
              "planning",
              "policy",
              "protocol",
              "storage",
              "replay",
              "wire",
              "cluster",
              "metrics",
              "tls"),
          "rollout-workers",
          List.of("rollout", "environments", "expert", "gymnasium"),
          "trainer",
          List.of("fitting", "campaign", "trainer", "checkpoint", "diagnostics", "preflight"),
          "deploy",
          List.of("deploy"),
          "join",
          List.of("join"),
          "operator",
          List.of("operator"),
          "k8s",
          List.of("k8s"));

  /** Which modules each module may use, besides itself. */
  private static final Map<String, List<String>> USES =
      Map.of(
          "actor-core", List.of(),
          "rollout-workers", List.of("actor-core"),
          "trainer", List.of("actor-core"),
          "deploy", List.of("actor-core", "rollout-workers", "trainer"),
          "join", List.of("actor-core", "deploy"),
          "operator", List.of("actor-core", "deploy"),
          "k8s", List.of());

  /** The floors of actor-core from the ground; a package uses its own floor and those below. */
  private static final List<List<String>> FLOORS =
      List.of(
          List.of("data"),
          List.of("torch", "environment"),
          List.of("dynamics"),
          List.of("planning"),
          List.of("policy"),
          List.of("metrics", "tls"),
          List.of("protocol", "storage"),
          List.of("replay", "wire", "cluster"));

  /** Algorithms: data, randomness and time come in as arguments. */
  private static final DescribedPredicate<JavaClass> PURE =
      resideInAnyPackage(
              packages(
                  List.of(
                      "data",
                      "torch",
                      "environment",
                      "dynamics",
                      "planning",
                      "policy",
                      "environments",
                      "fitting",
                      "diagnostics",
                      "preflight")))
          .or(
              resideInAPackage(ROOT + "campaign..")
                  .and(not(nameMatching("org\\.planloop\\.campaign\\.Campaign(Outcome)?(\\$.*)?"))))
          .as("algorithms, of campaign all but its actor");

  private static final Pattern MODULE_OF_LOCATION =
      Pattern.compile("/(actor-core|rollout-workers|trainer|deploy|join|operator|k8s)/target");

  private Rules() {}

  /** Every rule by name, so that a test can show that each one is able to fail. */
  static Map<String, ArchRule> all() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("a package belongs to one module", packagesBelongToOneModule());
    rules.put("modules depend one way", modulesDependOneWay());
    rules.put("floors of actor-core", floors());
    rules.put("packages are free of cycles", cycles());
    rules.put("only torch knows DJL", onlyTorchKnowsDjl());
    rules.put("pure packages know no actor", pureKnowsNo("org.apache.pekko.."));
    rules.put("pure packages do not log", pureKnowsNo("org.slf4j.."));
    rules.put("pure packages open no file", pureOpensNoFile());
    rules.put("pure packages read no clock", pureReadsNoClock());
    rules.put("randomness comes from RandomStream", randomness());
    rules.put("no Java serialization", serialization());
    rules.put("nothing static is assigned twice", statics());
    rules.put("only deploy prints", onlyDeployPrints());
    return rules;
  }

  private static ArchRule packagesBelongToOneModule() {
    return classes()
        .should(
            new ArchCondition<JavaClass>("reside in a package of their module") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                String module = moduleOf(type);
                boolean known = MODULES.getOrDefault(module, List.of()).contains(prefixOf(type));
                events.add(
                    new SimpleConditionEvent(
                        type,
                        known,
                        type.getName() + " is not in a package listed for module " + module));
              }
            });
  }

  private static ArchRule modulesDependOneWay() {
    return classes()
        .should(
            new ArchCondition<JavaClass>("use only modules below their own") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                String from = ownerOf(prefixOf(type));
                type.getDirectDependenciesFromSelf().stream()
                    .filter(dependency -> dependency.getTargetClass().getName().startsWith(ROOT))
                    .forEach(
                        dependency -> {
                          String to = ownerOf(prefixOf(dependency.getTargetClass()));
                          boolean allowed =
                              from.equals(to) || USES.getOrDefault(from, List.of()).contains(to);
                          events.add(
                              new SimpleConditionEvent(
                                  dependency, allowed, dependency.getDescription()));
                        });
              }
            });
  }

  private static ArchRule floors() {
    return classes()
        .that(resideInAnyPackage(packages(MODULES.get("actor-core"))))
        .should(
            new ArchCondition<JavaClass>("import nothing from a floor above") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                int own = floorOf(prefixOf(type));
                type.getDirectDependenciesFromSelf().stream()
                    .filter(dependency -> dependency.getTargetClass().getName().startsWith(ROOT))
                    .forEach(
                        dependency -> {
                          int other = floorOf(prefixOf(dependency.getTargetClass()));
                          events.add(
                              new SimpleConditionEvent(
                                  dependency, other <= own, dependency.getDescription()));
                        });
              }
            })
        .allowEmptyShould(true);
  }

  private static ArchRule cycles() {
    return slices().matching(ROOT + "(*)..").should().beFreeOfCycles().allowEmptyShould(true);
  }

  private static ArchRule onlyTorchKnowsDjl() {
    return noClasses()
        .that(not(resideInAPackage(ROOT + "torch..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .allowEmptyShould(true);
  }

  private static ArchRule pureKnowsNo(String library) {
    return noClasses()
        .that(PURE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .allowEmptyShould(true);
  }

  /** All but torch, which has to unpack native libraries. */
  private static ArchRule pureOpensNoFile() {
    return noClasses()
        .that(PURE.and(not(resideInAPackage(ROOT + "torch.."))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.nio.file..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.io\\.(File.*|RandomAccessFile)")
        .allowEmptyShould(true);
  }

  private static ArchRule pureReadsNoClock() {
    return noClasses()
        .that(PURE)
        .should()
        .accessTargetWhere(readsTheClock())
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaAccess<?>> readsTheClock() {
    return DescribedPredicate.describe(
        "reads the clock",
        access -> {
          String owner = access.getTargetOwner().getName();
          String name = access.getTarget().getName();
          boolean system =
              owner.equals(System.class.getName())
                  && (name.equals("currentTimeMillis") || name.equals("nanoTime"));
          boolean time =
              owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system"));
          return system || time;
        });
  }

  private static ArchRule randomness() {
    return noClasses()
        .should()
        .callMethod(Math.class, "random")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.(Random|concurrent\\.ThreadLocalRandom)")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.security\\.SecureRandom");
  }

  private static ArchRule serialization() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(
            ObjectInputStream.class, ObjectOutputStream.class, java.io.Externalizable.class);
  }

  private static ArchRule statics() {
    return fields().that().areStatic().should().beFinal().allowEmptyShould(true);
  }

  private static ArchRule onlyDeployPrints() {
    return noClasses()
        .that(not(resideInAPackage(ROOT + "deploy..")))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .allowEmptyShould(true);
  }

  private static String moduleOf(JavaClass type) {
    Matcher matcher =
        MODULE_OF_LOCATION.matcher(
            type.getSource().map(source -> source.getUri().toString()).orElse(""));
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found.isEmpty() ? "(unknown)" : found.get(found.size() - 1);
  }

  /** The package of {@code type} right under the root: {@code org.planloop.data.X} is in data. */
  private static String prefixOf(JavaClass type) {
    return Stream.of(type.getPackageName().split("\\.")).skip(2).findFirst().orElse("");
  }

  private static String ownerOf(String prefix) {
    return MODULES.entrySet().stream()
        .filter(entry -> entry.getValue().contains(prefix))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("(unknown)");
  }

  private static int floorOf(String prefix) {
    for (int floor = 0; floor < FLOORS.size(); floor++) {
      if (FLOORS.get(floor).contains(prefix)) {
        return floor;
      }
    }
    return FLOORS.size();
  }

  private static String[] packages(List<String> prefixes) {
    return prefixes.stream().map(prefix -> ROOT + prefix + "..").toArray(String[]::new);
  }
}
