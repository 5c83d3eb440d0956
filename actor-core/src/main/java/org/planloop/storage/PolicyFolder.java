package org.planloop.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.planloop.data.InvalidInputException;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicySnapshot;

/** A policy in a folder: {@code policy.json} and {@code model.safetensors}. */
public final class PolicyFolder {
  /** Far above any model that fits a machine's memory twice. */
  private static final long MAX_BYTES = 1L << 30;

  private PolicyFolder() {}

  /** Writes the two files, the description last: a folder that has it is complete. */
  public static void write(Path folder, PolicySnapshot snapshot) throws IOException {
    PolicyCodec.Files files = PolicyCodec.toFiles(snapshot);
    Files.createDirectories(folder);
    AtomicFile.write(folder.resolve(PolicyCodec.TENSOR_FILE), files.tensors());
    AtomicFile.write(folder.resolve(PolicyCodec.JSON_FILE), files.json());
  }

  /**
   * @throws InvalidInputException if a file is missing, damaged or of another version, naming it
   */
  public static PolicySnapshot read(Path folder) throws IOException {
    byte[] json = readFile(folder.resolve(PolicyCodec.JSON_FILE));
    byte[] tensors = readFile(folder.resolve(PolicyCodec.TENSOR_FILE));
    return PolicyCodec.fromFiles(folder.toString(), new PolicyCodec.Files(json, tensors));
  }

  private static byte[] readFile(Path file) throws IOException {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new InvalidInputException(
            file + ": is " + size + " bytes long; a policy's files have at most " + MAX_BYTES);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          file + ": is missing; name a folder that holds a policy, such as a run's best/", e);
    }
  }
}
