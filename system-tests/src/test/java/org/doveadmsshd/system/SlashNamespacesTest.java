package org.doveadmsshd.system;

import java.util.List;

/** Slashes and no prefix, and what else there may be beside. */
class SlashNamespacesTest extends NamespacesBesideDovecot {
  @Override
  String namespaces() {
    return """
        namespace inbox {
          inbox = yes
          separator = /
          prefix =
          mailbox Trash {
            special_use = \\Trash
          }
        }
        namespace pub {
          type = public
          separator = /
          prefix = Public/
          location = maildir:@/public
          subscriptions = no
        }
        namespace hid {
          separator = /
          prefix = Hidden/
          location = maildir:~/hidden
          list = no
          hidden = yes
        }
        namespace compat {
          separator = /
          prefix = mail/
          alias_for =
          list = no
          hidden = yes
        }
        namespace shared {
          type = shared
          separator = /
          prefix = shared/%%u/
          location = maildir:%%h/Maildir
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
        "mailbox list 'Public/*'",
        "mailbox list 'Public/%' Trash",
        "mailbox list Public '*'",
        "mailbox list 'mail/*'",
        "mailbox list -s",
        "mailbox list -s '*'",
        "mailbox list -s 'Public/*'",
        "mailbox list -s 'Hidden/*'",
        "mailbox status messages '*'",
        "mailbox status 'messages vsize' 'Public/*'",
        "mailbox status messages 'Public*'",
        "mailbox status messages 'Hidden/*'",
        "mailbox status messages 'mail/T*'",
        "mailbox status messages INBOX",
        "mailbox status messages inbox",
        "mailbox status messages Public/News",
        "mailbox status messages Public/Nope",
        "mailbox status messages INBOX/Trash",
        "mailbox status messages shared/" + OTHER + "/INBOX",
        "mailbox status messages shared/" + OTHER + "/Trash",
        "mailbox status 'guid uidnext uidvalidity' Public/News",
        "search all",
        "search mailbox '*' all",
        "search mailbox 'Public/*' subject news",
        "search mailbox Public/News 1:2",
        "search mailbox mail/Trash all",
        "search mailbox Nope all",
        "search not mailbox INBOX",
        "search mailbox Work/2024 all",
        "fetch 'mailbox uid hdr.subject' all",
        "fetch 'mailbox uid hdr.subject' mailbox 'Public/*' all",
        "fetch 'mailbox uid' mailbox mail/Trash",
        "fetch 'mailbox uid' mailbox inbox",
        "fetch 'mailbox uid' mailbox shared/" + OTHER + "/Work/2024",
        "mailbox path -t mailbox Public/News",
        "mailbox path -t mailbox mail/Trash",
        "mailbox path -t mailbox shared/" + OTHER + "/Trash",
        "mailbox path -t mailbox Entwürfe");
  }

  @Override
  List<String> changes() {
    return List.of(
        "mailbox create Foo.Bar",
        "mailbox create Foo/Bar",
        "mailbox create Foo/",
        "mailbox create x//y",
        "mailbox create INBOX",
        "mailbox create Public/New",
        "mailbox create Hidden/One",
        "mailbox create mail/Alias",
        "mailbox create INBOX/sub",
        "mailbox create shared/" + OTHER + "/Guest",
        "mailbox rename Foo Bar",
        "mailbox rename Public/New Public/Newer",
        "mailbox rename mail/Alias Alias2",
        "mailbox rename Bar/Bar Public/Bar",
        "mailbox rename INBOX Old",
        "mailbox subscribe Public Public/News Trash Work/2024",
        "mailbox subscribe Hidden/One Public/Info/All",
        "mailbox unsubscribe Public/Info/All",
        "mailbox list -s",
        "mailbox list -s 'Public/*'",
        "mailbox delete Public",
        "mailbox delete Public/Nope",
        "mailbox delete mail/Alias2",
        "copy Public/News mailbox Trash all",
        "move Trash mailbox Public/News 1:2",
        "move shared/" + OTHER + "/Trash mailbox INBOX 1",
        "move Hidden/One mailbox Work/2024 all",
        "move Nope/x mailbox INBOX all",
        "expunge mailbox Public/Info/All all",
        "fetch 'mailbox uid hdr.subject' mailbox 'Hidden/*'");
  }
}
