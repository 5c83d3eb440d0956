package org.planloop.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {
  @Test
  void shortTextsStayAsTheyAre() {
    String text = "\u00fc".repeat(Excerpt.MAX_LENGTH);

    assertThat(Excerpt.of("")).isEmpty();
    assertThat(Excerpt.of(text)).isSameAs(text);
  }

  @Test
  void longTextsKeepTheirEnds() {
    String text = "a" + "b".repeat(100_000) + "c";

    assertThat(Excerpt.of(text))
        .startsWith("abb")
        .endsWith("bbc")
        .contains("(100002 characters)")
        .hasSizeLessThan(Excerpt.MAX_LENGTH);
  }

  @Test
  void nothingBreaksTheLine() {
    assertThat(Excerpt.of("a\nb\r\u001b[31m\u0000")).isEqualTo("a\u00b7b\u00b7\u00b7[31m\u00b7");
  }
}
