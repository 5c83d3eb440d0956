package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Short commands stay short: they load neither actors nor torch. */
@Timeout(180)
class StartUpTest {
  @TempDir Path folder;

  /** The classes that a process of its own loads for a command. */
  private List<String> loaded(String... args) throws IOException, InterruptedException {
    Path log = folder.resolve("classes.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xlog:class+load:file=" + log);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(Files.readString(folder.resolve("out"), StandardCharsets.UTF_8))
        .isZero();
    return Files.readAllLines(log);
  }

  private static void assertLight(List<String> classes) {
    assertThat(classes).anyMatch(line -> line.contains(Main.class.getName()));
    assertThat(classes)
        .noneMatch(line -> line.contains("org.apache.pekko"))
        .noneMatch(line -> line.contains("ai.djl"))
        .noneMatch(line -> line.contains("ch.qos.logback"))
        .noneMatch(line -> line.contains("io.micrometer"));
  }

  @Test
  void listLoadsNeitherActorsNorTorch() throws Exception {
    assertLight(loaded("list"));
  }

  @Test
  void helpLoadsNeitherActorsNorTorch() throws Exception {
    assertLight(loaded("--help"));
    assertLight(loaded("train", "--help"));
  }

  @Test
  void reportLoadsNeitherActorsNorTorch() throws Exception {
    Path run = folder.resolve("run");
    CommandLineRun made =
        CommandLineRun.of(
            folder, ImaginedCampaign.finishing(3), "train", "pendulum", "--out=" + run);
    assertThat(made.code()).isZero();

    assertLight(loaded("report", run.toString()));
  }
}
