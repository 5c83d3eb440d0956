package org.planloop.deploy.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.InvalidInputException;

/** With a Python that only pretends. */
@Timeout(120)
class PeerEnvironmentTest {
  private static final PeerPackages GOOD = packages("good", true);

  @TempDir Path folder;

  private final List<String> said = Collections.synchronizedList(new ArrayList<>());
  private Path environment;
  private Path python;

  @BeforeEach
  void makePython() throws IOException {
    environment = folder.resolve("peers");
    python = FakePython.installer(folder, "3.12.1");
  }

  private static PeerPackages packages(String name, boolean required) {
    return new PeerPackages(name, required, List.of(List.of(name + "==1")));
  }

  private PeerEnvironment peers(PeerPackages... packages) {
    return new PeerEnvironment(environment, python.toString(), List.of(packages), 1000, said::add);
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(folder.resolve("calls"));
  }

  private String mark() throws IOException {
    return Files.readString(environment.resolve(PeerEnvironment.MARK));
  }

  @Test
  void itIsMadeOnceAndUsedAgain() throws IOException {
    Path made = peers(GOOD).python();

    assertThat(made).isEqualTo(environment.resolve("bin").resolve("python")).isExecutable();
    assertThat(mark()).isEqualTo("good==1\n");
    assertThat(calls()).hasSize(3).last().asString().contains("pip install").endsWith("good==1");
    assertThat(said).hasSize(1).first().asString().contains("good", "GB on disk", "once");

    assertThat(peers(GOOD).python()).isEqualTo(made);
    assertThat(calls()).hasSize(3);
  }

  @Test
  void otherVersionsAreInstalledAnew() throws IOException {
    peers(GOOD).python();
    Files.writeString(environment.resolve("old"), "");
    peers(packages("better", true)).python();

    assertThat(environment.resolve("old")).doesNotExist();
    assertThat(mark()).isEqualTo("better==1\n");
  }

  @Test
  void anInterruptedInstallationIsDoneAnew() throws IOException {
    Files.createDirectories(environment.resolve("bin"));
    Files.writeString(environment.resolve(PeerEnvironment.MARK), "unfinished\n");
    Files.writeString(environment.resolve("half"), "");
    peers(GOOD).python();

    assertThat(environment.resolve("half")).doesNotExist();
    assertThat(mark()).isEqualTo("good==1\n");
  }

  @Test
  void anEnvironmentOfTheUsersOwnIsLeftAsItIs() throws IOException {
    Files.createDirectories(environment.resolve("bin"));
    Path own = FakePython.script(environment.resolve("bin/python"), "exit 0\n");

    assertThat(peers(GOOD).python()).isEqualTo(own);
    assertThat(said).hasSize(1).first().asString().contains("is used as it is");
    assertThat(folder.resolve("calls")).doesNotExist();
  }

  @Test
  void aFolderOfSomethingElseIsRefused() throws IOException {
    Files.createDirectories(environment);
    Files.writeString(environment.resolve("thesis.tex"), "precious");

    assertThatThrownBy(() -> peers(GOOD).python())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no virtual environment");
    assertThat(environment.resolve("thesis.tex")).exists();
  }

  @Test
  void whatIsRequiredMustBeThere() {
    assertThatThrownBy(() -> peers(packages("bad", true)).python())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No matching distribution found for bad")
        .hasMessageContaining("PIP_INDEX_URL")
        .hasMessageContaining("--peers");
    assertThat(environment).as("its disk is given back").doesNotExist();
  }

  @Test
  void whatIsNotRequiredIsLeftOut() throws IOException {
    peers(GOOD, packages("bad", false), packages("more", false)).python();

    assertThat(said).anySatisfy(line -> assertThat(line).contains("bad cannot be installed"));
    assertThat(calls()).last().asString().endsWith("more==1");
    assertThat(mark()).contains("good", "more");
  }

  @Test
  void withoutPythonItSaysWhatIsMissing() {
    PeerEnvironment none =
        new PeerEnvironment(
            environment, folder.resolve("nowhere").toString(), List.of(GOOD), 1, said::add);

    assertThatThrownBy(none::python)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("needs Python 3.11 to 3.13");
  }

  @Test
  void anotherPythonIsRefused() throws IOException {
    python = FakePython.installer(folder, "3.9.2");

    assertThatThrownBy(() -> peers(GOOD).python())
        .hasMessageContaining("is Python 3.9.2")
        .hasMessageContaining("--peers");
    assertThat(environment).doesNotExist();
  }

  @Test
  void withoutSpaceItSaysHowMuchIsNeeded() {
    PeerEnvironment huge =
        new PeerEnvironment(
            environment, python.toString(), List.of(GOOD), Long.MAX_VALUE, said::add);

    assertThatThrownBy(huge::python).hasMessageContaining("needs 9223372036 GB on disk");
    assertThat(environment).doesNotExist();
  }

  @Test
  void twoAtOnceInstallOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Callable<Path> make = () -> peers(GOOD).python();
      for (Future<Path> made : threads.invokeAll(List.of(make, make))) {
        assertThat(made.get()).isExecutable();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(calls()).filteredOn(call -> call.contains("pip")).hasSize(1);
  }
}
