package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
    String page = Story.page(study, findings, "./planloop reproduce it");
    assertThat(page)
        .startsWith("# " + study.title())
        .contains("](picture.svg)", "`./planloop reproduce it`", "| x \\| y | 1 | **no** |");

    String pictures = Story.link(Path.of("docs/why.md"), Path.of("docs/why"));
    assertThat(Story.whole(List.of(page), pictures))
        .startsWith("# Why half and half")
        .contains("## " + study.title())
        .contains("](why/picture.svg)")
        .contains("[numbers.csv](why/numbers.csv)");
    assertThat(Story.link(Path.of("out/why.md"), Path.of("out"))).isEmpty();
  }
}
