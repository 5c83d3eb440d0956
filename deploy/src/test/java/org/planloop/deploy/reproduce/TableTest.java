package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private final Table table =
      Table.of("t", "arm", "seed", "cost")
          .add("a", 0, 0.1)
          .add("a", 1, Double.NaN)
          .add("b, \"c\"", 0, 1e-7)
          .done();

  @Test
  void numbersAreDecimalsAndUnknownOnesEmpty() {
    assertThat(table.csv())
        .isEqualTo("arm,seed,cost\na,0,0.1\na,1,\n\"b, \"\"c\"\"\",0,0.0000001\n");
  }

  @Test
  void readsItsOwnCells() {
    assertThat(table.values("arm")).containsExactly("a", "b, \"c\"");
    assertThat(table.where("arm", "a").numbers("cost")).containsExactly(0.1, Double.NaN);
    assertThat(table.where("seed", 0).numbers("cost")).containsExactly(0.1, 1e-7);
  }

  @Test
  void everyRowIsAsWideAsTheTable() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Table("t", List.of("a", "b"), List.of(List.of("1"))))
        .withMessageContaining("a row of 1 cells in 2 columns");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table.numbers("price"))
        .withMessageContaining("no column price");
  }
}
