package org.doveadmsshd.storage.search;

/** What help says of search keys. What a key takes is what {@link SearchKeys} says of it. */
public final class QueryGuide {
  /** Keys that take the same stand together in braces. */
  private static final String TEXT =
      """
      Mailboxes    {MAILBOX}  {MAILBOX-GUID}  {X-MAILBOX}
                   without any, all mailboxes are searched; * is anything, % within a level
      Mails        {ALL}  {UID}  <set> (of sequence numbers)  {GUID}  {X-REAL-UID}
                   a set is 1,5:9,12:*
      Flags        {ANSWERED DELETED DRAFT FLAGGED SEEN} and {UNANSWERED} ...; {RECENT NEW OLD}
                   {KEYWORD}  {UNKEYWORD}
      Dates        {BEFORE ON SINCE} when it was received; SENTBEFORE ... what its Date
                   says; SAVEDBEFORE ... when it came into the mailbox (file's change time)
                   {OLDER}  {YOUNGER}
                   a date is 30d, 2weeks, 2026-01-31, 31-Jan-2026 or a unix time
      Sizes        {LARGER}  {SMALLER}; a size is 500k or 2M
      Header       {FROM TO CC BCC SUBJECT}  {HEADER}
      Content      {BODY}  {TEXT} (header, too)
                   case does not matter, accents do; encodings and charsets are undone
      Threads      INTHREAD REFERENCES|REFS <key>: in a thread in which a mail matches
      Parts        MIMEPART <key> or ( <keys> ): a part of the mail matches
                   TYPE SUBTYPE ENCODING ID LANGUAGE LOCATION MD5 DESCRIPTION <text>
                   PARAM <name> <text>  DISPOSITION TYPE <type>|PARAM <name> <text>
                   FILENAME IS|CONTAINS|BEGINS|ENDS <name>  SIZE [LARGER|SMALLER] <size>
                   DEPTH [MIN|MAX] <n>  INDEX <n>  PARENT EXISTS|<key>  CHILD EXISTS|<key>
                   HEADER <name> <text>  FROM TO CC BCC SENDER REPLY-TO SUBJECT <text>
                   MESSAGE-ID IN-REPLY-TO <id>  SENTBEFORE ... <date>  BODY TEXT <text>
      Others       {MODSEQ}: 1 matches all, more is known to Dovecot's index alone
                   FUZZY <key>: as the key; {OLDESTONLY SAVEDATESUPPORTED}: match all; {$}: none
      """;

  private QueryGuide() {}

  /** Lines of at most 90 characters, each ended. */
  public static String text() {
    StringBuilder text = new StringBuilder();
    int from = 0;
    int open;
    while ((open = TEXT.indexOf('{', from)) >= 0) {
      int close = TEXT.indexOf('}', open);
      text.append(TEXT, from, open).append(shown(TEXT.substring(open + 1, close)));
      from = close + 1;
    }
    return text.append(TEXT.substring(from)).toString();
  }

  /** Compares texts, not records: each worker that searches would generate their hash functions. */
  private static String shown(String names) {
    String common = null;
    for (String name : names.split(" ")) {
      String text = SearchKeys.arguments(name).orElseThrow(() -> new AssertionError(name)).text();
      if (common != null && !common.equals(text)) {
        throw new AssertionError(names + " do not take the same");
      }
      common = text;
    }
    return common.isEmpty() ? names : names + " " + common;
  }
}
