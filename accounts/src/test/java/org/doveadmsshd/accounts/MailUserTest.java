package org.doveadmsshd.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MailUserTest {
  @Test
  void anotherHostHasTheMailOnlyWhenTheUserdbSaysProxyToo() {
    Map<String, String> there = Map.of("proxy", "y", "host", "mx2");
    assertThat(new MailUser("joe", there).proxyHost()).contains("mx2");
    assertThat(new MailUser("joe", Map.of("host", "mx2")).proxyHost()).isEmpty();
    assertThat(new MailUser("joe", Map.of("proxy", "y")).proxyHost()).isEmpty();
  }

  @Test
  void whatTheUserdbDoesNotSayIsNotThere() {
    MailUser bare = new MailUser("joe", Map.of());
    assertThat(bare.home()).isEmpty();
    assertThat(bare.mail()).isEmpty();
    MailUser full = new MailUser("joe", Map.of("home", "/h", "mail", "maildir:/m"));
    assertThat(full.home()).contains("/h");
    assertThat(full.mail()).contains("maildir:/m");
  }

  @Test
  void fieldsKeepTheOrderOfTheUserdbAndNobodyChangesThem() {
    Map<String, String> given = new LinkedHashMap<>();
    for (String field : "uid gid home mail quota_rule".split(" ")) {
      given.put(field, "x");
    }
    MailUser user = new MailUser("joe", given);
    given.clear();
    assertThat(user.fields().keySet()).containsExactly("uid", "gid", "home", "mail", "quota_rule");
    assertThatThrownBy(() -> user.fields().put("uid", "0"))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
