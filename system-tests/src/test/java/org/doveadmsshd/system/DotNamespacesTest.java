package org.doveadmsshd.system;

import java.util.List;

/** Everything below INBOX, as Courier has it. */
class DotNamespacesTest extends NamespacesBesideDovecot {
  @Override
  String namespaces() {
    return """
        namespace inbox {
          inbox = yes
          separator = .
          prefix = INBOX.
        }
        namespace pub {
          type = public
          separator = .
          prefix = Public.
          location = maildir:@/public
          subscriptions = no
          list = children
        }
        namespace none {
          type = public
          separator = .
          prefix = None.
          location = maildir:@/none
          subscriptions = no
          list = children
        }
        """;
  }

  @Override
  List<String> questions() {
    return List.of(
        "mailbox list",
        "mailbox list '*'",
        "mailbox list '%'",
        "mailbox list 'INBOX*'",
        "mailbox list 'INBOX.%'",
        "mailbox list 'Pub*'",
        "mailbox list 'Public.*' INBOX Foo",
        "mailbox list INBOX Foo",
        "mailbox list -s",
        "mailbox list -s 'INBOX.*'",
        "mailbox status messages '*'",
        "mailbox status messages 'INBOX*'",
        "mailbox status messages 'INBOX.*'",
        "mailbox status messages '*.*'",
        "mailbox status messages '%.%'",
        "mailbox status messages '*.News'",
        "mailbox status messages INBOX",
        "mailbox status messages INBOX.Trash",
        "mailbox status messages inbox.Trash",
        "mailbox status messages Inbox.trash",
        "mailbox status messages Trash",
        "mailbox status messages Public.News",
        "mailbox status messages Public",
        "search all",
        "search mailbox '*' all",
        "search mailbox 'INBOX.*' all",
        "search mailbox Public.News all",
        "search mailbox Trash all",
        "search mailbox INBOX.Nope all",
        "fetch 'mailbox uid hdr.subject' all",
        "fetch 'mailbox uid' mailbox INBOX.Sent",
        "fetch 'mailbox uid' mailbox 'Public.%'",
        "mailbox path -t mailbox INBOX.Sent",
        "mailbox path -t mailbox Public.News");
  }

  @Override
  List<String> changes() {
    return List.of(
        "mailbox create Foo",
        "mailbox create INBOX.Foo",
        "mailbox create INBOX.Foo",
        "mailbox create Public.New",
        "mailbox create INBOX.INBOX",
        "mailbox create INBOX.a/b",
        "mailbox create INBOX.INBOX.sub",
        "mailbox create inbox.lower",
        "mailbox rename INBOX.Foo INBOX.Bar.Baz",
        "mailbox rename INBOX.Work INBOX.Old",
        "mailbox subscribe INBOX.Bar.Baz INBOX",
        "mailbox subscribe Public.News",
        "mailbox subscribe Foo",
        "mailbox list -s",
        "mailbox delete INBOX.lower",
        "copy INBOX.Trash mailbox Public.News 1",
        "move Public.News mailbox INBOX all",
        "copy Trash mailbox INBOX.Sent all",
        "expunge mailbox INBOX.Trash all");
  }
}
