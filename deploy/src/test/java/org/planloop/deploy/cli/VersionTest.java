package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void namesTheProgramAndTheVersionItWasBuiltAs() {
    assertThat(new Version().getVersion()).hasSize(1);
    assertThat(new Version().getVersion()[0]).matches("planloop \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
  }
}
