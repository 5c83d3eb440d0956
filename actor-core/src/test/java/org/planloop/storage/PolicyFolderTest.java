package org.planloop.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.InvalidInputException;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySamples;
import org.planloop.policy.PolicySnapshot;

class PolicyFolderTest {
  @TempDir private Path folder;

  @Test
  void everyPolicyComesBackFromItsFolder() throws IOException {
    int version = 0;
    for (PolicyDefinition definition : PolicySamples.definitions()) {
      PolicySnapshot snapshot = new PolicySnapshot(version++, definition);
      PolicyFolder.write(folder.resolve("best"), snapshot);
      assertThat(PolicyFolder.read(folder.resolve("best")))
          .usingRecursiveComparison()
          .isEqualTo(snapshot);
    }
    try (Stream<Path> files = Files.list(folder.resolve("best"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("policy.json", "model.safetensors");
    }
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> PolicyFolder.read(folder.resolve("none")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("none")
        .hasMessageContaining("policy.json: is missing");
  }

  @Test
  void filesOfTwoPoliciesAreNotMixedUp() throws IOException {
    PolicyFolder.write(
        folder.resolve("a"), new PolicySnapshot(1, new PolicyDefinition.Tabular(new int[] {1})));
    PolicyFolder.write(
        folder.resolve("b"), new PolicySnapshot(1, new PolicyDefinition.Tabular(new int[] {2})));
    Files.copy(
        folder.resolve("a/policy.json"),
        folder.resolve("b/policy.json"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> PolicyFolder.read(folder.resolve("b")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("belongs to another policy");
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    Path target = folder.resolve("state");
    AtomicFile.write(target, new byte[] {1});
    Files.createDirectory(folder.resolve(".state.tmp"));
    assertThatThrownBy(() -> AtomicFile.write(target, new byte[] {2}))
        .isInstanceOf(IOException.class);
    assertThat(Files.readAllBytes(target)).containsExactly(1);
  }
}
