package org.planloop.deploy.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A program of the shell that is called as Python is. */
final class FakePython {
  private FakePython() {}

  static Path script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  /** Notes what it is asked in a file, makes environments, and installs what is not called bad. */
  static Path installer(Path folder, String version) throws IOException {
    return script(
        folder.resolve("python-" + version),
        """
        echo "$*" >> "%s/calls"
        case "$*" in
          --version) echo "Python %s" ;;
          "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
          *pip*bad*) echo "ERROR: No matching distribution found for bad" >&2; exit 1 ;;
          "-m pip install "*) ;;
          *) echo "unknown: $*" >&2; exit 3 ;;
        esac
        """
            .formatted(folder, version));
  }
}
