package org.planloop.deploy.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.planloop.campaign.ProgressRow;
import org.planloop.data.PlainDecimal;

/** Rows as text: {@code progress.csv} and {@code metrics.jsonl}. */
final class ProgressText {
  private ProgressText() {}

  /** Names of the columns, with a line break. */
  static String csvHeader() {
    return Column.ALL.stream().map(Column::name).collect(Collectors.joining(",", "", "\n"));
  }

  /** One row of {@code progress.csv}, with a line break; a missing number is an empty cell. */
  static String csv(ProgressRow row) {
    return Column.ALL.stream()
        .map(column -> cell(column.value().apply(row)))
        .collect(Collectors.joining(",", "", "\n"));
  }

  static String cell(OptionalDouble value) {
    return value.isPresent() ? PlainDecimal.text(value.getAsDouble()) : "";
  }

  /** One line of {@code metrics.jsonl}: the columns, then the row's further figures. */
  static String jsonLine(ProgressRow row) {
    ObjectNode object = Json.object();
    for (Column column : Column.ALL) {
      Json.put(object, column.name(), column.value().apply(row));
    }
    row.metrics().forEach((name, value) -> Json.put(object, name, value));
    return Json.line(object) + "\n";
  }

  /** The whole of {@code progress.csv}. */
  static String csv(List<ProgressRow> rows) {
    return rows.stream().map(ProgressText::csv).collect(Collectors.joining("", csvHeader(), ""));
  }
}
