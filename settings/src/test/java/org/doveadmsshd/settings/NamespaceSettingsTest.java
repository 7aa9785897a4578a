package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Namespace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamespaceSettingsTest extends WrittenSettings {
  private static final String INBOX = "namespace inbox {\n inbox = yes\n}\n";

  @Test
  void sectionsOfDovecotAreReadAsTheyAre() throws Exception {
    List<Namespace> all =
        read("""
                namespace pub {
                  type = public
                  separator = /
                  prefix = Public/
                  location = maildir:/srv/public
                  subscriptions = no
                  list = children
                }
                namespace inbox {
                  inbox = yes
                  separator = /
                  prefix =
                  mailbox "Sent Messages" {
                    special_use = \\Sent
                    auto = subscribe
                  }
                  mailbox Trash {
                    special_use = \\Trash
                  }
                }
                namespace old {
                  prefix = mail/
                  separator = /
                  alias_for =
                  hidden = yes
                  list = no
                }
                """)
            .mail()
            .namespaces()
            .all();
    assertThat(all).extracting(Namespace::name).containsExactly("inbox", "old", "pub");
    Namespace inbox = all.get(0);
    assertThat(inbox.inbox()).isTrue();
    assertThat(inbox.location()).isEmpty();
    assertThat(inbox.aliasFor()).isEmpty();
    assertThat(inbox.mailboxes())
        .containsExactly(
            new Namespace.ConfiguredMailbox(
                "Sent Messages", Set.of("\\Sent"), Namespace.Auto.SUBSCRIBE),
            new Namespace.ConfiguredMailbox("Trash", Set.of("\\Trash"), Namespace.Auto.NO));
    assertThat(all.get(1).aliasFor()).isEqualTo(Optional.of(""));
    assertThat(all.get(1).listed()).isEqualTo(Namespace.Listed.NO);
    assertThat(all.get(2).type()).isEqualTo(Namespace.Type.PUBLIC);
    assertThat(all.get(2).subscriptions()).isFalse();
  }

  @Test
  void withoutSectionsThereIsNone() throws Exception {
    assertThat(read("").mail().namespaces().isEmpty()).isTrue();
  }

  @Test
  void theSeparatorIsThatOnDiskWhenNoneIsSaid() throws Exception {
    assertThat(read(INBOX).mail().namespaces().all().get(0).separator()).isEqualTo('.');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "prefix = b. ; type = open | type = open: expected one of: private shared public",
        "prefix = b. ; list = maybe | list = maybe: expected one of: yes no children",
        "prefix = b. ; separator = ab | separator = ab: expected one character, such as . or /",
        "prefix = Mail | namespace b: prefix must end with the separator .",
        "prefix = .Mail. | namespace b: prefix must not begin with the separator .",
        "prefix = | namespace b: two namespaces have the prefix \"\": inbox and b",
        "prefix = b. ; inbox = yes | namespace b: two namespaces have inbox = yes: inbox and b",
        "prefix = b/ ; separator = / | namespace b: namespaces that are listed must have the same separator, and b has another than inbox",
        "prefix = b. ; alias_for = c. | namespace b: alias_for = c.: there is no other namespace of that prefix",
        "prefix = b. ; alias_for = b. | namespace b: alias_for = b.: there is no other namespace of that prefix",
        "prefix = b. ; type = public | namespace b: location must be set where mail is not the user's own",
        "prefix = b. ; location = mbox:~/m | location = mbox:~/m: only Maildir is supported: expected maildir:<path>, such as maildir:~/Maildir",
        "prefix = b%%u. ; location = maildir:/x | namespace b: prefix: only a namespace with type = shared has variables in it",
        "prefix = b.%%h. ; type = shared ; location = maildir:%%h/M | namespace b: prefix: expected the owner at its end, as in shared.%%u. or shared.%%d.%%n.",
        "prefix = b.%%u. ; type = shared ; location = maildir:/srv/%u | namespace b: location: variables are the owner's there, with two percent signs: %%h",
      })
  void whatCannotBeIsRefusedAtTheStart(String settings, String expected) throws Exception {
    String section = "namespace b {\n " + settings.replace(" ; ", "\n ") + "\n}\n";
    assertThat(problems(INBOX + section))
        .singleElement()
        .asString()
        .matches("test.conf:[0-9]+: .*")
        .endsWith(": " + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prefix = b. | one namespace must have inbox = yes",
        "inbox = yes ; list = no | one namespace must have list = yes",
        "inbox = yes ; hidden = yes | one namespace must have hidden = no",
        "inbox = yes ; subscriptions = no | one namespace must have subscriptions = yes",
      })
  void someNamespaceMustBeTheUsualOne(String settings, String expected) throws Exception {
    assertThat(problems("namespace a {\n " + settings.replace(" ; ", "\n ") + "\n}\n"))
        .containsExactly("test.conf:1: namespace a: " + expected);
  }

  @Test
  void namesOfSectionsAreDifferentAndNotEmpty() throws Exception {
    assertThat(problems(INBOX + INBOX))
        .containsExactly("test.conf:4: namespace inbox stands here twice");
    assertThat(problems(INBOX + "namespace {\n}\n"))
        .containsExactly("test.conf:4: a namespace needs a name: namespace inbox {");
    assertThat(problems("namespace a {\n inbox = yes\n mailbox {\n }\n}\n"))
        .containsExactly("test.conf:3: a mailbox needs a name: mailbox Trash {");
    assertThat(
            problems("namespace a {\n inbox = yes\n mailbox T {\n  special_use = Trash\n }\n}\n"))
        .containsExactly(
            "test.conf:4: special_use = Trash: expected special uses, such as \\Trash");
  }
}
