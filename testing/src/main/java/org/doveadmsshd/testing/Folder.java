package org.doveadmsshd.testing;

import java.util.ArrayList;
import java.util.List;

/** What a {@link MemoryMailStore} keeps of a mailbox. */
final class Folder {
  final List<StoredMail> mails = new ArrayList<>();
  String name;
  String guid;
  long uidValidity;
  long uidNext = 1;
  int resyncs;
  int forgotten;

  Folder(String name, String guid, long uidValidity) {
    this.name = name;
    this.guid = guid;
    this.uidValidity = uidValidity;
  }

  /** Puts a mail in as the last one. */
  void append(StoredMail mail, long atLeast) {
    mail.uid = Math.max(uidNext, atLeast);
    uidNext = mail.uid + 1;
    mails.add(mail);
  }
}
