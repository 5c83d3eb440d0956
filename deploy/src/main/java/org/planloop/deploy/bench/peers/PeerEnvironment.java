package org.planloop.deploy.bench.peers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.bench.process.ChildProcess;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.AtomicFolder;
import org.planloop.storage.FileLocks;

/**
 * The virtual environment of Python that holds the peers. Made on first use; a mark in it says
 * which versions it holds and is written last, so that an interrupted installation is never taken
 * for a whole one; a lock beside it keeps two from installing at once. A folder that holds an
 * environment without our mark is the user's own and is used as it is.
 */
public final class PeerEnvironment {
  static final String MARK = "planloop-peers";
  private static final String UNFINISHED = "unfinished\n";
  private static final int OLDEST = 11;
  private static final int NEWEST = 13;
  private static final Pattern VERSION = Pattern.compile("Python 3\\.(\\d+)\\b");
  private static final Duration SHORT = Duration.ofMinutes(2);
  private static final Duration LONG = Duration.ofMinutes(60);
  private static final long GB = 1_000_000_000;

  private final Path folder;
  private final String systemPython;
  private final List<PeerPackages> packages;
  private final long bytes;
  private final Consumer<String> say;

  /**
   * @param folder the environment's; need not exist
   * @param say told what takes time or is left out
   */
  public PeerEnvironment(Path folder, Consumer<String> say) {
    this(folder, "python3", PeerPackages.ALL, PeerPackages.bytes(), say);
  }

  PeerEnvironment(
      Path folder,
      String systemPython,
      List<PeerPackages> packages,
      long bytes,
      Consumer<String> say) {
    this.bytes = bytes;
    this.folder = folder.toAbsolutePath().normalize();
    this.systemPython = systemPython;
    this.packages = packages;
    this.say = say;
  }

  /**
   * Makes the environment if need be.
   *
   * @return its Python
   * @throws InvalidInputException if the folder holds something else
   * @throws IOException if it cannot be made, with the way out
   */
  public Path python() throws IOException {
    Path python = folder.resolve("bin").resolve("python");
    if (isWhole()) {
      return python;
    }
    if (isForeign()) {
      if (!Files.isExecutable(python)) {
        throw new InvalidInputException(
            "--peers "
                + folder
                + ": is not empty and no virtual environment of Python (it has no bin/python);"
                + " choose another folder");
      }
      say.accept("peers: the environment in " + folder + " is used as it is");
      return python;
    }
    // Not the folder: whoever holds the lock may be about to replace it.
    Files.createDirectories(folder.getParent());
    try (FileChannel channel = openLock();
        FileLock held = lock(channel)) {
      // Another process may have made it while this one waited.
      if (held.isValid() && !isWhole()) {
        make(python);
      }
    }
    return python;
  }

  private String mark() throws IOException {
    Path mark = folder.resolve(MARK);
    return Files.exists(mark) ? Files.readString(mark) : "";
  }

  private boolean isWhole() throws IOException {
    return mark().equals(PeerPackages.stamp(packages));
  }

  private boolean isForeign() throws IOException {
    if (!Files.exists(folder) || !mark().isEmpty()) {
      return false;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isPresent();
    }
  }

  private FileChannel openLock() throws IOException {
    return FileChannel.open(
        folder.resolveSibling(folder.getFileName() + ".lock"),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE);
  }

  private FileLock lock(FileChannel channel) throws IOException {
    long patience = System.nanoTime() + LONG.toNanos();
    for (boolean told = false; System.nanoTime() < patience; told = true) {
      Optional<FileLock> held = FileLocks.tryLock(channel);
      if (held.isPresent()) {
        return held.get();
      }
      if (!told) {
        say.accept("peers: waiting for another process that is installing into " + folder);
      }
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }
    throw new IOException(
        "--peers "
            + folder
            + ": another process has been installing into it for "
            + LONG.toMinutes()
            + " minutes; stop that one, or choose another folder");
  }

  private void make(Path python) throws IOException {
    AtomicFolder.delete(folder);
    Files.createDirectories(folder);
    Path log = folder.resolveSibling(folder.getFileName() + ".log");
    Files.deleteIfExists(log);
    try {
      requirePython(log);
      requireSpace();
      AtomicFile.write(folder.resolve(MARK), UNFINISHED.getBytes(StandardCharsets.UTF_8));
      say.accept(
          String.format(
              Locale.ROOT,
              "peers: installing %s into %s, once: %d GB on disk, some minutes (log: %s)",
              String.join(", ", packages.stream().map(PeerPackages::library).toList()),
              folder,
              bytes / GB,
              log));
      run(
          SHORT,
          log,
          "install Python's venv (Debian: apt-get install python3-venv)",
          List.of(systemPython, "-m", "venv", folder.toString()));
      for (PeerPackages wanted : packages) {
        install(python, wanted, log);
      }
      AtomicFile.write(
          folder.resolve(MARK), PeerPackages.stamp(packages).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      AtomicFolder.delete(folder);
      throw e;
    }
  }

  private void requirePython(Path log) throws IOException {
    String wanted = "Python 3." + OLDEST + " to 3." + NEWEST;
    try {
      run(SHORT, log, "install " + wanted, List.of(systemPython, "--version"));
    } catch (IOException e) {
      throw new IOException(
          "--against peers needs "
              + wanted
              + " as "
              + systemPython
              + " on the PATH: "
              + e.getMessage(),
          e);
    }
    String said = Files.readString(log).strip();
    Matcher matcher = VERSION.matcher(said);
    int minor = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    if (minor < OLDEST || minor > NEWEST) {
      throw new IOException(
          "--against peers needs "
              + wanted
              + ", which its packages exist for; "
              + systemPython
              + " is "
              + said
              + ": put another one first on the PATH, or install the packages into an environment"
              + " of your own and name it with --peers");
    }
  }

  private void requireSpace() throws IOException {
    FileStore disk = Files.getFileStore(folder);
    if (disk.getUsableSpace() < bytes) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "--against peers needs %d GB on disk, and %s has %.1f GB left: make room, or choose"
                  + " a folder on another disk with --peers",
              bytes / GB,
              folder,
              (double) disk.getUsableSpace() / GB));
    }
  }

  private void install(Path python, PeerPackages wanted, Path log) throws IOException {
    try {
      for (List<String> arguments : wanted.installs()) {
        List<String> command =
            new ArrayList<>(
                List.of(
                    python.toString(),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-input",
                    "--no-cache-dir"));
        command.addAll(arguments);
        run(
            LONG,
            log,
            "let pip reach Python's package index (its own settings name one: PIP_INDEX_URL,"
                + " HTTPS_PROXY), or install the packages into an environment of your own and name"
                + " it with --peers",
            command);
      }
    } catch (IOException e) {
      if (wanted.required()) {
        throw e;
      }
      say.accept(
          "peers: "
              + wanted.library()
              + " cannot be installed and is left out (remove "
              + folder
              + " to try again): "
              + e.getMessage());
    }
  }

  private static void run(Duration patience, Path log, String wayOut, List<String> command)
      throws IOException {
    try (ChildProcess child = ChildProcess.start(command, log)) {
      child.await(patience);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "\n  " + wayOut, e);
    }
  }
}
