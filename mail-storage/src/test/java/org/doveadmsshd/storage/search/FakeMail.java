package org.doveadmsshd.storage.search;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;

/** A mail in memory that counts how often it is opened. */
public final class FakeMail implements Mail {
  final List<String> looks = new ArrayList<>();
  long uid = 1;
  int sequence = 1;
  Flags flags = new Flags(0, List.of());
  long received;
  long saved;
  long size;
  byte[] content = new byte[0];
  byte[] again = new byte[0];

  static FakeMail of(String content) {
    return of(content.getBytes(StandardCharsets.UTF_8));
  }

  /** A mail of these bytes. */
  public static FakeMail of(byte[] content) {
    FakeMail mail = new FakeMail();
    mail.content = content;
    return mail;
  }

  /** A mail that never ends, as its last line comes again and again. */
  public static FakeMail endless(String beginning, String line) {
    FakeMail mail = of(beginning);
    mail.again = line.getBytes(StandardCharsets.UTF_8);
    return mail;
  }

  @Override
  public long uid() {
    return uid;
  }

  @Override
  public int sequence() {
    return sequence;
  }

  @Override
  public Flags flags() {
    looks.add("flags");
    return flags;
  }

  @Override
  public String guid() {
    return "guid";
  }

  @Override
  public long received() {
    looks.add("status");
    return received;
  }

  @Override
  public long saved() {
    looks.add("status");
    return saved;
  }

  @Override
  public long physicalSize() {
    return size;
  }

  @Override
  public long virtualSize() {
    looks.add("status");
    return size;
  }

  @Override
  public InputStream open() {
    looks.add("open");
    InputStream whole = new ByteArrayInputStream(content);
    return again.length == 0 ? whole : new SequenceInputStream(whole, repeated());
  }

  private InputStream repeated() {
    return new InputStream() {
      private int at;

      @Override
      public int read() {
        return again[at++ % again.length];
      }
    };
  }

  @Override
  public String storageId() {
    return "id";
  }

  @Override
  public int references() {
    return 1;
  }

  @Override
  public String popUidl() {
    return "";
  }

  @Override
  public String popOrder() {
    return "";
  }

  @Override
  public void expunge() {
    looks.add("expunge");
  }
}
