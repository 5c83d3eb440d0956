package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What holds for every study, and for the story that they make. */
class StudiesTest {
  @Test
  void everyStudyHasANameOfItsOwnAndAChapter() {
    assertThat(Studies.all()).extracting(Study::name).doesNotHaveDuplicates();
    for (Study study : Studies.all()) {
      assertThat(study.name()).matches("[a-z]+(-[a-z]+)*");
      assertThat(Story.resource(study.name())).as(study.name()).isNotBlank();
      assertThat(Studies.named(study.name())).isPresent();
    }
  }

  @Test
  void theStoryLinksToWhatLiesElsewhere() {
    Study study = Studies.all().get(0);
    Findings findings =
        new Findings(
            "It is seen.",
            List.of(Table.of("numbers", "x").add(1).done()),
            List.of(new Figure("picture", "<svg/>")),
            List.of(new Claim("x | y", "1", false)));
    Map<Study, Findings> found = new LinkedHashMap<>();
    found.put(study, findings);

    String pictures = Story.link(Path.of("docs/why.md"), Path.of("docs/why"));
    String story = Story.whole(found, pictures);

    assertThat(story)
        .startsWith("# Why half and half")
        .contains("## " + study.title())
        .contains("](why/picture.svg)")
        .contains("[numbers.csv](why/numbers.csv)")
        .contains("| x \\| y | 1 | **no** |");
    assertThat(Story.link(Path.of("out/why.md"), Path.of("out"))).isEmpty();
  }
}
