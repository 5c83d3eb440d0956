package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.LinkedHashSet;
import java.util.Set;
import org.planloop.data.InvalidInputException;
import org.planloop.storage.AtomicFile;

/** Brings the files of a checkpoint back, every byte of them checked. */
final class Download {
  private Download() {}

  /**
   * Writes all files of a manifest below a folder, and to the disk. What is there of its parts, and
   * of which size, is looked at before anything is written.
   *
   * @throws InvalidInputException naming the object that is missing or damaged
   * @throws IOException if the store does not answer or the disk takes nothing
   */
  static void run(Archive archive, Manifest manifest, Path folder) throws IOException {
    String lacks = archive.lacks(manifest);
    if (!lacks.isEmpty()) {
      throw damaged(lacks);
    }
    Files.createDirectories(folder);
    long free = Files.getFileStore(folder).getUsableSpace();
    InvalidInputException.check(
        manifest.bytes() < free,
        "checkpoint",
        (manifest.bytes() >> 20) + " MiB",
        "only " + (free >> 20) + " MiB are free at " + folder + "; make room or choose another");
    Set<Path> folders = new LinkedHashSet<>();
    for (StoredFile file : manifest.files()) {
      Path target = folder.resolve(file.path());
      Path parent = target.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
        folders.add(parent);
      }
      write(archive, file, target);
    }
    for (Path written : folders) {
      AtomicFile.force(written);
    }
    AtomicFile.force(folder);
  }

  private static void write(Archive archive, StoredFile file, Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      for (Blob part : file.parts()) {
        copy(archive, file, part, out);
      }
    }
    AtomicFile.force(target);
  }

  private static void copy(Archive archive, StoredFile file, Blob part, OutputStream out)
      throws IOException {
    MessageDigest digest = Blob.digest();
    byte[] buffer = new byte[1 << 16];
    long left = part.size();
    try (InputStream in = archive.open(part)) {
      int count = in.read(buffer);
      while (count >= 0) {
        left -= count;
        if (left < 0) {
          break;
        }
        digest.update(buffer, 0, count);
        out.write(buffer, 0, count);
        count = in.read(buffer);
      }
    } catch (MissingObjectException e) {
      throw damaged(e.getMessage() + " any more");
    }
    if (left != 0 || !Blob.hex(digest).equals(part.sha256())) {
      throw damaged(
          archive.key(part)
              + ", a part of "
              + file.path()
              + ", is damaged: its SHA-256 is not its name");
    }
  }

  private static InvalidInputException damaged(String what) {
    return new InvalidInputException(
        what
            + "; nothing was restored: choose another checkpoint with --checkpoint (--list shows"
            + " them), or bring the object back from a backup of the store");
  }
}
