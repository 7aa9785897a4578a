package org.doveadmsshd.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnerPrefixTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "shared/%%u/     | shared/joe@b.org/Trash | joe@b.org | shared/joe@b.org/",
        "shared/%%u/     | shared/joe@b.org       | joe@b.org | shared/joe@b.org/",
        "shared/%%u/     | shared/joe/x/y         | joe       | shared/joe/",
        "shared/%%u/     | shared/                |           |",
        "shared/%%u/     | shared                 |           |",
        "shared/%%u/     | shared//x              |           |",
        "shared/%%u/     | other/joe/x            |           |",
        "shared/%%n/     | shared/joe/x           | joe@a.org | shared/joe/",
        "shared/%%d/%%n/ | shared/b.org/joe/x     | joe@b.org | shared/b.org/joe/",
        "shared/%%d/%%n/ | shared/b.org/joe       | joe@b.org | shared/b.org/joe/",
        "shared/%%d/%%n/ | shared/b.org           |           |",
        "shared/%%d/%%n/ | shared/b.org/          |           |",
      })
  void aNameNamesTheOwner(String prefix, String name, String owner, String full) {
    Namespace namespace =
        new Namespace(
            "shared",
            Namespace.Type.SHARED,
            prefix,
            '/',
            Optional.of("maildir:%%h/Maildir"),
            false,
            Namespace.Listed.CHILDREN,
            false,
            false,
            Optional.empty(),
            List.of());
    assertThat(OwnerPrefix.mistake(namespace)).isEmpty();
    assertThat(OwnerPrefix.find(namespace, "jane@a.org", name))
        .isEqualTo(owner == null ? Optional.empty() : Optional.of(new OwnerPrefix(owner, full)));
  }
}
