package org.doveadmsshd.storage.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Debian's Dovecot 2.3.19 made of the same fields. */
class MailAddressTest {
  private static String shown(MailAddress address) {
    if (address.mailbox() == null) {
      return ";";
    }
    return address.domain() == null
        ? address.mailbox() + ":"
        : "%s|%s@%s".formatted(address.name(), address.mailbox(), address.domain());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "alice@example.org # null|alice@example.org",
        "Alice <alice@example.org> # Alice|alice@example.org",
        "\"Doe, John\" D. <d@x> # Doe, John D.|d@x",
        "d@x (Mail Delivery) # Mail Delivery|d@x",
        "<@relay.example:user@example.org>, bare # null|user@example.org null|bare@",
        "=?utf-8?Q?x?= <a@b> # =?utf-8?Q?x?=|a@b",
        "friends: a@b, C <c@d>; e@f # friends: null|a@b C|c@d ;",
        "undisclosed recipients:; # undisclosed recipients: ;",
        "a@b, \"unterminated <x@y> # null|a@b null|@",
        "\"q \\\"x\\\" y\" <a@b> # q \"x\" y|a@b",
        "a@[127.0.0.1] # null|a@[127.0.0.1]",
      })
  void fieldsAreReadAsDovecotReadsThem(String value, String expected) {
    List<String> shown = MailAddress.parse(value).stream().map(MailAddressTest::shown).toList();
    assertThat(String.join(" ", shown)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "=?utf-8?Q?Gr=C3=BC?= =?utf-8?Q?=C3=9Fe?= plain # Grüße plain",
        "=?utf-8?Q?unterminated =?x-none?Q?abc?= =?utf-8?X?abc?= # =?utf-8?Q?unterminated abc=?utf-8?X?abc?=",
        "=?iso-8859-1*de?Q?=FCber?= # über",
        "=?utf-8?B?5LiW55WM?= # 世界",
        "a =?utf-8?Q?b?= c # a b c",
      })
  void encodedWordsAreDecoded(String value, String expected) {
    assertThat(HeaderText.decode(value)).isEqualTo(expected);
  }
}
