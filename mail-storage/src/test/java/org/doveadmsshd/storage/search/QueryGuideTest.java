package org.doveadmsshd.storage.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class QueryGuideTest {
  /** Other names of keys, and those of a family that "..." stands for. */
  private static final Set<String> NOT_NAMED =
      Set.of(
          "UNDELETED",
          "UNDRAFT",
          "UNFLAGGED",
          "UNSEEN",
          "SAVEDON",
          "SAVEDSINCE",
          "SENTON",
          "SENTSINCE",
          "X-GUID",
          "X-SAVEDBEFORE",
          "X-SAVEDON",
          "X-SAVEDSINCE");

  private static Set<String> missing(Iterable<String> keys) {
    List<String> words = List.of(QueryGuide.text().split("[^A-Z0-9$-]+"));
    Set<String> missing = new TreeSet<>();
    keys.forEach(missing::add);
    missing.removeAll(words);
    return missing;
  }

  @Test
  void itNamesEveryKey() {
    assertThat(missing(SearchKeys.names())).isEqualTo(new TreeSet<>(NOT_NAMED));
    assertThat(missing(List.of("FUZZY", "INTHREAD", "MIMEPART"))).isEmpty();
  }

  @Test
  void itNamesEveryKeyOfParts() {
    assertThat(missing(MimePartQuery.names())).isEqualTo(Set.of("SENTON", "SENTSINCE"));
  }

  @Test
  void itSaysWhatAKeyTakes() {
    assertThat(QueryGuide.text())
        .contains("FROM TO CC BCC SUBJECT <text>  HEADER <name> <text>")
        .doesNotContain("{");
    assertThat(SearchKeys.arguments("NOSUCHKEY")).isEmpty();
  }
}
