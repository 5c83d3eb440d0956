package org.planloop.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.planloop.campaign.CampaignState;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.JobResult;
import org.planloop.storage.AtomicFolder;
import org.planloop.storage.PolicyFolder;

/**
 * The folder {@code iterations/} of a run: {@code 000i} holds pi_i, and once row i is final, {@code
 * 000i/state} with all that is needed to go on after it, but for what {@code history/} has of the
 * rows before. Each appears as a whole or not at all.
 */
public final class RunStore {
  private static final String STATE = "state";
  private static final String STATE_FILE = "campaign.json";

  private static final Pattern FOLDER = Pattern.compile("\\d{4,9}");

  /**
   * What a run goes on from.
   *
   * @param state as of the last row
   * @param model T_i+1, the trainer's incumbent; as a policy planned in it, which says how it is
   *     stored
   */
  public record Restored(CampaignState state, Optional<PolicySnapshot> model) {}

  private final Path iterations;
  private final ArrivalLog arrivals;
  private final History history;

  /**
   * @param iterations the folder, made if it is not there
   */
  public RunStore(Path iterations) throws IOException {
    this.iterations = iterations;
    this.arrivals = new ArrivalLog(iterations.resolve("arrivals.jsonl"));
    this.history = new History(iterations.resolve("history"));
    Files.createDirectories(iterations);
  }

  /** Stores pi_i in its folder. */
  public void writePolicy(PolicySnapshot snapshot) throws IOException {
    AtomicFolder.write(folder(snapshot.version()), policyFiles(snapshot));
  }

  /** Keeps jobs that came in after the last row, until the next one. */
  public void writeArrivals(List<JobResult> results) throws IOException {
    arrivals.append(results);
  }

  /** Jobs that came in after the last row; some may be in its state already. */
  public List<JobResult> readArrivals() throws IOException {
    return arrivals.read();
  }

  /** Forgets the jobs that came in after the last row. */
  public void forgetArrivals() throws IOException {
    arrivals.clear();
  }

  /** Reads pi_i; empty if it is not stored. */
  public Optional<PolicySnapshot> readPolicy(int version) {
    return readPolicy(folder(version));
  }

  /**
   * Makes row i final.
   *
   * @param state goes on from the one that was written last, or that {@link #latest} has read
   * @param model the incumbent T_i+1, wrapped in a policy
   */
  public void writeState(CampaignState state, Optional<PolicySnapshot> model) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    model.ifPresent(snapshot -> files.putAll(policyFiles(snapshot)));
    files.put(STATE_FILE, history.write(state));
    AtomicFolder.write(folder(state.iteration()).resolve(STATE), files);
    arrivals.clear();
  }

  /** The state after the last final row; empty if there is none. */
  public Optional<Restored> latest() throws IOException {
    List<Path> complete;
    try (Stream<Path> folders = Files.list(iterations)) {
      complete =
          folders
              .filter(folder -> FOLDER.matcher(folder.getFileName().toString()).matches())
              .filter(folder -> Files.isDirectory(folder.resolve(STATE)))
              .sorted(Comparator.comparingInt(RunStore::versionOf))
              .toList();
    }
    if (complete.isEmpty()) {
      return Optional.empty();
    }
    Path newest = complete.get(complete.size() - 1).resolve(STATE);
    return Optional.of(new Restored(history.read(newest.resolve(STATE_FILE)), readPolicy(newest)));
  }

  /** Deletes the folders of all versions that {@code keep} does not hold on to. */
  public void prune(IntPredicate keep) throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(iterations)) {
      folders =
          all.filter(folder -> FOLDER.matcher(folder.getFileName().toString()).matches()).toList();
    }
    for (Path folder : folders) {
      if (!keep.test(versionOf(folder))) {
        AtomicFolder.delete(folder);
      }
    }
  }

  private static int versionOf(Path folder) {
    return Integer.parseInt(folder.getFileName().toString());
  }

  private Path folder(int version) {
    return iterations.resolve(String.format(Locale.ROOT, "%04d", version));
  }

  static Map<String, byte[]> policyFiles(PolicySnapshot snapshot) {
    PolicyCodec.Files files = PolicyCodec.toFiles(snapshot);
    Map<String, byte[]> byName = new LinkedHashMap<>();
    byName.put(PolicyCodec.TENSOR_FILE, files.tensors());
    byName.put(PolicyCodec.JSON_FILE, files.json());
    return byName;
  }

  /** Reads the policy of a folder; empty if there is none in it. */
  static Optional<PolicySnapshot> readPolicy(Path folder) {
    Path json = folder.resolve(PolicyCodec.JSON_FILE);
    if (!Files.exists(json)) {
      return Optional.empty();
    }
    try {
      return Optional.of(PolicyFolder.read(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
