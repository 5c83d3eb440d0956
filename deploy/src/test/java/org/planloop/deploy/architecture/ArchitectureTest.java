package org.planloop.deploy.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.planloop.data.BreaksEveryRule;
import org.planloop.environment.EnvironmentFactory;

class ArchitectureTest {
  private static JavaClasses everyModule;
  private static JavaClasses offender;

  @BeforeAll
  static void importClasses() {
    everyModule =
        new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("org.planloop");
    offender =
        new ClassFileImporter().importPackagesOf(BreaksEveryRule.class, EnvironmentFactory.class);
  }

  @TestFactory
  Stream<DynamicTest> theHouseKeeps() {
    return Rules.all().entrySet().stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(rule.getKey(), () -> rule.getValue().check(everyModule)));
  }

  @TestFactory
  Stream<DynamicTest> anOffenderFails() {
    return Rules.all().entrySet().stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.getKey(),
                    () ->
                        assertThat(rule.getValue().evaluate(offender).hasViolation())
                            .as("the rule sees a class that breaks it")
                            .isTrue()));
  }

  @Test
  void classesOfTheFirstAndTheLastModuleAreSeen() {
    assertThat(everyModule.contain("org.planloop.data.TransitionBatch")).isTrue();
    assertThat(everyModule.contain("org.planloop.deploy.cli.Main")).isTrue();
    assertThat(everyModule.contain("org.planloop.data.BreaksEveryRule")).isFalse();
  }
}
