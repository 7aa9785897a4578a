package org.doveadmsshd.console.result;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Wildcards;
import org.doveadmsshd.base.options.Argument.Kind;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Value;

/**
 * Which rows and columns of a result are shown, and in which order.
 *
 * @param sort a column, and {@code desc} or {@code asc} behind it
 * @param conditions {@code column=mask} each; a row is shown if all hold
 * @param columns names, separated by commas
 */
public record Arrangement(
    Optional<String> sort, List<String> conditions, Optional<String> columns) {
  /** As they are typed. */
  public static final List<Option> OPTIONS =
      List.of(
          Option.of(
              "sort",
              Kind.TEXT.named("column[ desc]"),
              "order rows by this column, numbers as numbers"),
          Option.of(
                  "where",
                  Kind.TEXT.named("column=mask"),
                  "only rows whose value is this; * and ? as in masks, in any case")
              .repeatable(),
          Option.of("columns", Kind.TEXT.named("a,b"), "only these columns"));

  private static final String DESCENDING = "desc";
  private static final String ASCENDING = "asc";

  /** What a person has typed. */
  public static Arrangement of(Words words) {
    return new Arrangement(
        words.value("sort"),
        words.value("where").map(all -> List.of(all.split(Option.AGAIN))).orElse(List.of()),
        words.value("columns"));
  }

  /**
   * Checks what can be checked without a result.
   *
   * @throws Failure that says what is wrong
   */
  public void check() throws Failure {
    for (String condition : conditions) {
      checkCondition(condition);
    }
    if (sort.isPresent()) {
      way(sort.get());
    }
  }

  /**
   * The result in this arrangement.
   *
   * @throws Failure for a column that it does not have
   */
  public Result applied(Result result) throws Failure {
    List<List<Value>> rows = new ArrayList<>(result.rows());
    for (String condition : conditions) {
      keep(rows, condition, result);
    }
    if (sort.isPresent()) {
      rows.sort(order(sort.get(), result));
    }
    Result arranged = new Result(result.formatter(), result.columns(), rows);
    return columns.isPresent() ? only(columns.get(), arranged) : arranged;
  }

  private static void keep(List<List<Value>> rows, String condition, Result result) throws Failure {
    int equals = checkCondition(condition);
    int column = column(condition.substring(0, equals), result);
    String mask = condition.substring(equals + 1).toLowerCase(Locale.ROOT);
    rows.removeIf(row -> !Wildcards.matches(mask, row.get(column).text().toLowerCase(Locale.ROOT)));
  }

  /** Where the mask begins is behind the character of this number. */
  private static int checkCondition(String condition) throws Failure {
    int equals = condition.indexOf('=');
    if (equals <= 0) {
      throw Failure.usage("--where takes <column>=<mask>, not: " + condition);
    }
    return equals;
  }

  private static String way(String sort) throws Failure {
    String[] words = sort.strip().split(" +", 2);
    String way = words.length > 1 ? words[1] : ASCENDING;
    if (!way.equals(ASCENDING) && !way.equals(DESCENDING)) {
      throw Failure.usage("--sort takes <column> and perhaps desc behind it, not: " + sort);
    }
    return way;
  }

  private static Comparator<List<Value>> order(String sort, Result result) throws Failure {
    String way = way(sort);
    int column = column(sort.strip().split(" +", 2)[0], result);
    Comparator<List<Value>> order = Comparator.comparing(row -> SortKey.of(row.get(column)));
    return way.equals(DESCENDING) ? order.reversed() : order;
  }

  private static Result only(String names, Result result) throws Failure {
    List<Integer> chosen = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      chosen.add(column(name.strip(), result));
    }
    List<Column> columns = chosen.stream().map(result.columns()::get).toList();
    List<List<Value>> rows =
        result.rows().stream().map(row -> chosen.stream().map(row::get).toList()).toList();
    return new Result(result.formatter(), columns, rows);
  }

  /** The number of the column with that key or title. */
  private static int column(String name, Result result) throws Failure {
    List<Column> columns = result.columns();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.key().equalsIgnoreCase(name) || column.title().equalsIgnoreCase(name)) {
        return i;
      }
    }
    String there = columns.stream().map(Column::key).collect(Collectors.joining(", "));
    throw Failure.usage("The last result has no column " + name + " (there are: " + there + ")");
  }
}
