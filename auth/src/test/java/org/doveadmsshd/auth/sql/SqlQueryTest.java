package org.doveadmsshd.auth.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SqlQueryTest {
  static Stream<Arguments> queries() {
    return Stream.of(
        Arguments.of("SELECT a FROM t WHERE u = '%u'", "SELECT a FROM t WHERE u = ? [%u]"),
        Arguments.of("WHERE n='%n' AND d='%d'", "WHERE n=? AND d=? [%n, %d]"),
        Arguments.of("'/home/%d/%n' AS home", "? AS home [/home/%d/%n]"),
        Arguments.of("WHERE u = %u OR x = %Ld", "WHERE u = ? OR x = ? [%u, %Ld]"),
        Arguments.of("'%{user}' || '''x'' %n'", "? || ? [%{user}, 'x' %n]"),
        Arguments.of("INTERVAL '1 day' 'it''s'", "INTERVAL '1 day' 'it''s' []"),
        Arguments.of("LIKE 'a%%' AND 7 %% 2", "LIKE 'a%' AND 7 % 2 []"),
        Arguments.of("'is it?' AND u='%u'", "'is it?' AND u=? [%u]"),
        Arguments.of("\"odd'name\" -- it's\n, '%u'", "\"odd'name\" -- it's\n, ? [%u]"),
        Arguments.of("/* 'x */ '%u'", "/* 'x */ ? [%u]"));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void whatHasVariablesBecomesAParameter(String text, String prepared) {
    assertThat(SqlQuery.parse(text, SqlDialect.PGSQL)).hasToString(prepared);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void whatCannotBeUnderstoodIsRefused(String text, String why) {
    assertThatThrownBy(() -> SqlQuery.parse(text, SqlDialect.PGSQL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("u = '%u", "does not end"),
        Arguments.of("u = '%q'", "unknown variable"),
        Arguments.of("LIKE '%'", "not complete"),
        Arguments.of("\"%u\" = 1", "has no meaning"),
        Arguments.of("-- for %u", "has no meaning"),
        Arguments.of("u = ?", "question mark"),
        Arguments.of("u = E'%u'", "leave the letter out"),
        Arguments.of("/* x", "does not end"),
        Arguments.of("u = %{user", "not complete"));
  }

  @ParameterizedTest
  @MethodSource("mysql")
  void mysqlHasItsOwnQuotes(String text, String prepared) {
    assertThat(SqlQuery.parse(text, SqlDialect.MYSQL)).hasToString(prepared);
  }

  static Stream<Arguments> mysql() {
    return Stream.of(
        Arguments.of("u = \"%u\"", "u = ? [%u]"),
        Arguments.of("u = 'it\\'s %u'", "u = ? [it's %u]"),
        Arguments.of("`odd'name` = '%u'", "`odd'name` = ? [%u]"),
        Arguments.of("`disable%Ls` = 'n'", "`disabledoveadm` = 'n' []"),
        Arguments.of("`enable%Ls%Lc` = 1", "`enabledoveadm` = 1 []"),
        Arguments.of("`100%%` = '%u%c'", "`100%` = ? [%u%c]"));
  }
}
