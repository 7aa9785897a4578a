package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whatever stands in a dovecot-uidlist, it is read whole or refused whole. */
class UidListFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) {
    try {
      UidList list = UidList.parse(bytes);
      String more = list.linesFor(List.of(new UidList.NewEntry(0, "", "new")));
      String text = list.rewritten("0".repeat(32)) + (list.entry("new") == null ? more : "");
      UidList again = UidList.parse(text.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(again.validity()).isEqualTo(list.validity());
      assertThat(again.next()).isGreaterThanOrEqualTo(list.next());
      assertThat(again.size()).isGreaterThanOrEqualTo(list.size());
    } catch (UidList.DamagedException e) {
      // the only answer that is allowed
    }
  }
}
