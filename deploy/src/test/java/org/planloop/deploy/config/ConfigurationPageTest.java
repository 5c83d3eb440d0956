package org.planloop.deploy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  /** After a change of a key: {@code mvn -pl deploy -am test -Dplanloop.write-docs=true}. */
  @Test
  void thePageIsWhatTheCodeSays() throws IOException {
    String page = ConfigurationPage.render(Parts.on(ConfigurationPageTest.class.getClassLoader()));
    if (Boolean.getBoolean("planloop.write-docs")) {
      Files.writeString(PAGE, page);
    }

    assertThat(Files.readString(PAGE))
        .as("docs/configuration.md; write it anew with -Dplanloop.write-docs=true")
        .isEqualTo(page);
  }

  @Test
  void everyKeyIsOnThePage() {
    String page = ConfigurationPage.render(Parts.on(ConfigurationPageTest.class.getClassLoader()));

    assertThat(Defaults.paths())
        .allSatisfy(path -> assertThat(page).contains("| `" + path + "` |"));
    assertThat(page).contains("environment.sigma = 1", "expert.options.horizon = 25");
  }
}
