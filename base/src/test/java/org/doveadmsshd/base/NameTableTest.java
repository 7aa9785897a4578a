package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NameTableTest {
  @Test
  void aNameHasTheNumberThatItWasGivenLast() throws Exception {
    try (NameTable table = new NameTable()) {
      assertThat(table.get("joe")).isZero();
      assertThat(table.put(7, "joe")).isZero();
      assertThat(table.put(8, "joe")).isEqualTo(7);
      assertThat(table.get("joe")).isEqualTo(8);
      assertThat(table.size()).isEqualTo(1);
    }
  }

  @Test
  void namesOfSeveralPartsAreToldApart() throws Exception {
    try (NameTable table = new NameTable()) {
      table.put(1, "a", "bc");
      table.put(2, "ab", "c");
      assertThat(table.get("a", "bc")).isEqualTo(1);
      assertThat(table.get("ab", "c")).isEqualTo(2);
      assertThat(table.get("abc")).isZero();
    }
  }

  /** So many that they do not stay in memory. */
  @Test
  void manyNamesKeepTheirNumbers() throws Exception {
    int many = 60_000;
    try (NameTable table = new NameTable()) {
      for (int i = 1; i <= many; i++) {
        assertThat(table.put(i, "user" + i)).isZero();
      }
      assertThat(table.size()).isEqualTo(many);
      for (int i = 1; i <= many; i++) {
        assertThat(table.get("user" + i)).isEqualTo(i);
      }
      assertThat(table.get("user0")).isZero();
    }
  }
}
