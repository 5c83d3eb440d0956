package org.planloop.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.AsynchronousState;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignState;
import org.planloop.campaign.Candidate;
import org.planloop.campaign.Diagnosis;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Retention;
import org.planloop.campaign.ReturnEstimate;
import org.planloop.campaign.Safety;
import org.planloop.campaign.SelectedBy;
import org.planloop.campaign.Selection;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobRanges;
import org.planloop.data.Purpose;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;
import org.planloop.storage.AtomicFolder;

class RunStoreTest {
  @TempDir Path run;
  private RunStore store;

  @BeforeEach
  void open() throws IOException {
    store = new RunStore(run.resolve("iterations"));
  }

  private static PolicySnapshot policy(int version) {
    return new PolicySnapshot(
        version, new PolicyDefinition.LinearFeedback(2, 1, new double[] {version, 0.1}));
  }

  private static CampaignState state(int rows) {
    List<ProgressRow> all = new ArrayList<>();
    for (int i = 1; i <= rows; i++) {
      all.add(
          new ProgressRow(
              i,
              10L * i,
              5,
              0,
              1.5 * i,
              OptionalDouble.of(-0.1 * i),
              OptionalDouble.empty(),
              OptionalDouble.of(-0.1),
              OptionalDouble.empty(),
              OptionalDouble.empty(),
              OptionalDouble.of(1e-9),
              OptionalDouble.empty(),
              OptionalDouble.of(0.5),
              i,
              1,
              0,
              2,
              0,
              false,
              0.1,
              0.2,
              0,
              Map.of("train/steps", 3.0),
              i == 1
                  ? Optional.empty()
                  : Optional.of(
                      new Diagnosis(
                          List.of(1.5, Double.NaN),
                          List.of(2.5, 3.0),
                          List.of(),
                          List.of(),
                          2,
                          7))));
    }
    List<Candidate> candidates = new ArrayList<>();
    candidates.add(new Candidate(1, List.of(1.0, Double.NaN)));
    List<AuditEntry> audit = new ArrayList<>();
    for (int i = 1; i <= rows; i++) {
      candidates.add(new Candidate(i + 1, List.of(0.5 * i)));
      audit.add(new AuditEntry(i, i + 1, AuditEntry.Decision.REFUSED, "it crashes"));
    }
    return new CampaignState(
        all,
        candidates,
        List.of(180.25),
        10L * rows,
        5,
        0,
        10L * rows,
        5,
        1,
        2,
        List.of("a note"),
        new Safety(1, 2, 3, audit),
        Optional.empty());
  }

  private void rows(int count) throws IOException {
    for (int i = 1; i <= count; i++) {
      store.writePolicy(policy(i));
      store.writeState(state(i), Optional.of(policy(i + 1)));
    }
    store.writePolicy(policy(count + 1));
  }

  @Test
  void whatIsWrittenIsRestoredToTheBit() throws IOException {
    rows(2);

    RunStore.Restored restored = store.latest().orElseThrow();
    assertThat(restored.state()).isEqualTo(state(2));
    assertThat(restored.model().orElseThrow().version()).isEqualTo(3);
    assertThat(
            ((PolicyDefinition.LinearFeedback) restored.model().orElseThrow().definition()).gain())
        .containsExactly(3, 0.1);
  }

  @Test
  void theNewestRowWinsByNumberNotByName() throws IOException {
    store.writeState(state(1), Optional.empty());
    Files.move(run.resolve("iterations/0001"), run.resolve("iterations/9999"));
    store.writeState(state(2), Optional.empty());
    Files.move(run.resolve("iterations/0002"), run.resolve("iterations/10002"));

    assertThat(store.latest().orElseThrow().state().iteration()).isEqualTo(2);
  }

  @Test
  void aPolicyWithoutItsRowIsNotResumedFrom() throws IOException {
    assertThat(store.latest()).isEmpty();
    store.writePolicy(policy(1));
    assertThat(store.latest()).isEmpty();
    assertThat(store.readPolicy(1)).isPresent();
    assertThat(store.readPolicy(2)).isEmpty();
  }

  @Test
  void aFolderThatWasNotFinishedIsNotLookedAt() throws IOException {
    rows(1);
    Files.createDirectories(run.resolve("iterations/0002/state.unfinished"));
    Files.createDirectories(run.resolve("iterations/0003.unfinished/state"));

    assertThat(store.latest().orElseThrow().state().iteration()).isEqualTo(1);
    store.writeState(state(2), Optional.empty());
    assertThat(store.latest().orElseThrow().state().iteration()).isEqualTo(2);
  }

  @Test
  void writingAgainReplaces() throws IOException {
    store.writePolicy(policy(1));
    store.writePolicy(new PolicySnapshot(1, new PolicyDefinition.RandomActions()));

    assertThat(store.readPolicy(1).orElseThrow().definition())
        .isInstanceOf(PolicyDefinition.RandomActions.class);
  }

  @Test
  void aDamagedStateIsNamedWithTheWayOut() throws IOException {
    rows(2);
    Path file = run.resolve("iterations/0002/state/campaign.json");
    Files.writeString(file, Files.readString(file).substring(0, 100));

    assertThatThrownBy(() -> store.latest())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("delete its folder");
  }

  private Path stateOf(int row) {
    return run.resolve(String.format("iterations/%04d/state/campaign.json", row));
  }

  /** Rows 1 to count, each a state, none with the policy that flew it. */
  private void states(int count) throws IOException {
    for (int i = 1; i <= count; i++) {
      store.writeState(state(i), Optional.empty());
    }
  }

  @Test
  void aStateCostsTheSameHoweverManyRowsCameBefore() throws IOException {
    states(10 * History.ROWS - 1);

    long early = Files.size(stateOf(History.ROWS - 1));
    long late = Files.size(stateOf(10 * History.ROWS - 1));
    assertThat(late).isBetween(early, early + early / 20); // Nine names of files, longer numbers.
    assertThat(Files.size(stateOf(9 * History.ROWS))).isLessThan(early / 10);
    assertThat(run.resolve("iterations/history")).isDirectoryContaining("glob:**/0450.json");
    assertThat(new RunStore(run.resolve("iterations")).latest().orElseThrow().state())
        .isEqualTo(state(10 * History.ROWS - 1));
  }

  @Test
  void whoeverGoesOnFromAStateGoesOnWithItsHistory() throws IOException {
    states(History.ROWS + 3);
    store = new RunStore(run.resolve("iterations"));
    store.latest();
    for (int i = History.ROWS + 4; i <= 2 * History.ROWS + 1; i++) {
      store.writeState(state(i), Optional.empty());
    }

    assertThat(new RunStore(run.resolve("iterations")).latest().orElseThrow().state())
        .isEqualTo(state(2 * History.ROWS + 1));
  }

  @Test
  void historyWithoutItsStateIsWrittenAgain() throws IOException {
    states(2 * History.ROWS);
    // As after a power cut between the two, and as whoever goes back an iteration does.
    AtomicFolder.delete(stateOf(2 * History.ROWS).getParent());
    store = new RunStore(run.resolve("iterations"));
    assertThat(store.latest().orElseThrow().state()).isEqualTo(state(2 * History.ROWS - 1));
    store.writeState(state(2 * History.ROWS), Optional.empty());

    assertThat(store.latest().orElseThrow().state()).isEqualTo(state(2 * History.ROWS));
  }

  @Test
  void damagedAndMissingHistoryIsNamedWithTheWayOut() throws IOException {
    states(2 * History.ROWS + 1);
    Path file = run.resolve("iterations/history/0100.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst("\"envSteps\" : 5", "\"envSteps\" : 6"));
    assertThatThrownBy(() -> store.latest())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file + " is not what it was")
        .hasMessageContaining("rows 51 to 100")
        .hasMessageContaining("delete it and the folders from 0100 on");
    Files.delete(file);
    assertThatThrownBy(() -> store.latest())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file + " cannot be read");
  }

  @Test
  void aStateThatDoesNotGoOnFromTheLastOneIsRefused() throws IOException {
    states(History.ROWS);
    assertThatThrownBy(() -> store.writeState(state(History.ROWS - 1), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("past");
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    states(1);
    Files.writeString(
        stateOf(1), Files.readString(stateOf(1)).replace("\"format\" : 3", "\"format\" : 2"));
    assertThatThrownBy(() -> store.latest())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("this version reads format 3");
  }

  private static JobResult flown(int index) {
    return new JobResult(
        new RolloutJob(Purpose.COLLECT, 3, index, 0, 3, 7, 2 * index, 2, 0, 0, 2),
        List.of(
            new EpisodeResult(2 * index, 0.1 * index, 40, EpisodeResult.End.TRUNCATED, "", 1),
            new EpisodeResult(2 * index + 1, Double.NaN, 0, EpisodeResult.End.FAILED, "a\nb", 0)),
        39,
        1,
        0.25,
        0.5);
  }

  @Test
  void whatCameInAfterARowIsKeptUntilTheNext() throws IOException {
    rows(2);
    assertThat(store.readArrivals()).isEmpty();
    store.writeArrivals(List.of(flown(0), flown(1)));
    store.writeArrivals(List.of(flown(2)));
    assertThat(new RunStore(run.resolve("iterations")).readArrivals())
        .containsExactly(flown(0), flown(1), flown(2));

    rows(3);
    assertThat(store.readArrivals()).isEmpty();
  }

  @Test
  void anArrivalThatACrashHasTornIsCutOff() throws IOException {
    store.writeArrivals(List.of(flown(0), flown(1)));
    Path file = run.resolve("iterations/arrivals.jsonl");
    byte[] whole = Files.readAllBytes(file);
    for (int cut = 1; cut < whole.length / 3; cut += 7) {
      Files.write(file, java.util.Arrays.copyOf(whole, whole.length - cut));
      assertThat(store.readArrivals()).containsExactly(flown(0));
      store.writeArrivals(List.of(flown(2)));
      assertThat(store.readArrivals()).containsExactly(flown(0), flown(2));
    }
    Files.writeString(file, "{\n" + Files.readString(file));
    assertThatThrownBy(() -> store.readArrivals())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("line 1");
  }

  @Test
  void anAsynchronousStateIsRestoredAndASynchronousOneSaysNothingOfIt() throws IOException {
    rows(1);
    assertThat(Files.readString(run.resolve("iterations/0001/state/campaign.json")))
        .doesNotContain("asynchronous");
    CampaignState state = asynchronous(Optional.of(flown(5).job()));
    store.writeState(state, Optional.empty());

    assertThat(store.latest().orElseThrow().state()).isEqualTo(state);
  }

  @Test
  void aPolicyStaysWhileAJobNeedsIt() {
    CampaignState needed = asynchronous(Optional.of(flown(5).job()));
    CampaignState idle = asynchronous(Optional.empty());

    assertThat(new Retention(1).keeps(needed, 3)).as("to fly").isTrue();
    assertThat(new Retention(1).keeps(needed, 2)).as("to rescue").isTrue();
    assertThat(new Retention(1).keeps(idle, 3)).isFalse();
    assertThat(new Retention(1).keeps(idle, 2)).isFalse();
  }

  private static CampaignState asynchronous(Optional<RolloutJob> outstanding) {
    return new CampaignState(
        state(4).rows(),
        List.of(),
        List.of(),
        1,
        2,
        3,
        4,
        5,
        0,
        0,
        List.of(),
        Safety.NONE,
        Optional.of(
            new AsynchronousState(
                JobRanges.NONE.with(1, 0).with(2, 4),
                outstanding.stream().toList(),
                9,
                123.5,
                Double.MIN_VALUE)));
  }

  @Test
  void pruningKeepsWhatItIsToldTo() throws IOException {
    rows(4);
    store.prune(version -> version == 2 || version >= 4);

    assertThat(store.readPolicy(1)).isEmpty();
    assertThat(store.readPolicy(2)).isPresent();
    assertThat(store.readPolicy(3)).isEmpty();
    assertThat(store.latest().orElseThrow().state().iteration()).isEqualTo(4);
  }

  @Test
  void bestIsReadyForUse() throws IOException {
    Selection selection =
        new Selection(
            2,
            SelectedBy.CONFIRMATION,
            ReturnEstimate.of(1, 3),
            List.of(new Candidate(1, List.of(0.5, Double.NaN)), new Candidate(2, List.of(2.0))));
    BestPolicy.write(run.resolve("best"), policy(2), selection);

    assertThat(BestPolicy.read(run.resolve("best")).version()).isEqualTo(2);
    assertThat(Files.readString(run.resolve("best/selection.json")))
        .contains(
            "\"iteration\" : 2",
            "\"selected_by\" : \"confirmation\"",
            "\"returns\" : [ 0.5, null ]")
        .doesNotContain(run.toString());
    assertThatThrownBy(() -> BestPolicy.read(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("policy.json");
  }
}
