package org.doveadmsshd.testing;

import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;

/** What a {@link MemoryMailStore} keeps of a mailbox. */
final class Folder {
  final List<StoredMail> mails = new ArrayList<>();
  String name;
  String guid;
  long uidValidity;
  long uidNext = 1;
  int resyncs;
  int forgotten;
  boolean unlistable;
  boolean permanent;

  Folder(String name, String guid, long uidValidity) {
    this.name = name;
    this.guid = guid;
    this.uidValidity = uidValidity;
  }

  Failure inputOutputError() {
    return Failure.temporary("Mailbox %s: Input/output error".formatted(name), null);
  }

  /** Puts a mail in as the last one. */
  void append(StoredMail mail, long atLeast) {
    mail.uid = Math.max(uidNext, atLeast);
    uidNext = mail.uid + 1;
    mails.add(mail);
  }
}
