package org.planloop.deploy.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.CodedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  @TempDir Path folder;

  @Test
  void theChecksumIsMaskedCrc32C() {
    // CRC32C("123456789") = e3069283, the check value of the polynomial; masked as TFRecord does.
    byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
    int crc = 0xe3069283;

    assertThat(EventFile.maskedCrc(check, 0, 9))
        .isEqualTo(((crc >>> 15) | (crc << 17)) + 0xa282ead8);
  }

  @Test
  void aFrameHoldsTheStepAndEveryKnownFigure() throws IOException {
    byte[] frame = EventFile.row(Rows.row(3), 1234.5);
    ByteBuffer buffer = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) buffer.getLong(0);
    CodedInputStream event = CodedInputStream.newInstance(frame, 12, length);

    assertThat(length).isEqualTo(frame.length - 16);
    assertThat(event.readTag()).isEqualTo(1 << 3 | 1);
    assertThat(event.readDouble()).isEqualTo(1234.5);
    assertThat(event.readTag()).isEqualTo(2 << 3);
    assertThat(event.readInt64()).isEqualTo(600);
    assertThat(event.readTag()).isEqualTo(5 << 3 | 2);
    String text = new String(event.readByteArray(), StandardCharsets.ISO_8859_1);
    assertThat(text)
        .contains("progress/return_mean", "train/steps")
        .doesNotContain("progress/return_ci95");
  }

  @Test
  void tensorBoardReadsTheFile() throws Exception {
    Optional<String> python = python();
    assumeTrue(
        python.isPresent(),
        "needs a Python with the tensorboard package; ./verify --install brings one");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(EventFile.header(1000));
    for (int i = 1; i <= 3; i++) {
      bytes.write(EventFile.row(Rows.row(i), 1000 + i));
    }
    Files.write(folder.resolve(EventFile.name(1000)), bytes.toByteArray());

    List<String> printed =
        run(
            python.get(),
            "-c",
            """
            import sys
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            events = EventAccumulator(sys.argv[1])
            events.Reload()
            for e in events.Scalars('progress/return_mean'):
                print(e.step, e.value, e.wall_time)
            print('progress/best_return_mean' in events.Tags()['scalars'], len(events.Scalars('train/steps')))
            """,
            folder.toString());

    assertThat(printed)
        .containsExactly("200 46.25 1001.0", "400 92.5 1002.0", "600 138.75 1003.0", "True 3");
  }

  private static Optional<String> python() {
    Path own = Path.of(System.getProperty("user.dir")).resolveSibling(".venv/bin/python");
    return Stream.of(own.toString(), "python3")
        .filter(
            candidate -> {
              try {
                run(candidate, "-c", "import tensorboard");
                return true;
              } catch (IOException | IllegalStateException e) {
                return false;
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            })
        .findFirst();
  }

  private static List<String> run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(String.join("\n", lines));
    }
    return lines;
  }
}
