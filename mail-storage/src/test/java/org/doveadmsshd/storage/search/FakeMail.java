package org.doveadmsshd.storage.search;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.mime.HeaderField;

/** A mail in memory that notes what is asked of it. */
public final class FakeMail implements Mail {
  final List<String> looks = new ArrayList<>();

  /** How many of its bytes have been read, those read twice counted twice. */
  long read;

  long uid = 1;
  int sequence = 1;
  Flags flags = new Flags(0, List.of());
  long received;
  long saved;
  long size;
  byte[] content = new byte[0];
  byte[] again = new byte[0];
  String guid = "guid";

  /** Thrown when it is opened, unless null. */
  Failure failure;

  /** Thrown where the content ends, unless null. */
  IOException broken;

  /** What the store knows of the header by heart: values by name. */
  final Map<String, List<String>> remembered = new HashMap<>();

  /** The names that the store would like to know, and what it has been told. */
  List<String> rememberedNames = List.of();

  final List<HeaderField> told = new ArrayList<>();

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
    return guid;
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
  public InputStream open() throws Failure {
    looks.add("open");
    if (failure != null) {
      throw failure;
    }
    InputStream whole = new ByteArrayInputStream(content);
    InputStream all = again.length == 0 ? whole : new SequenceInputStream(whole, repeated());
    return new FilterInputStream(all) {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        if (count < 0 && broken != null) {
          throw broken;
        }
        read += Math.max(count, 0);
        return count;
      }

      @Override
      public void close() throws IOException {
        looks.add("close");
        super.close();
      }
    };
  }

  @Override
  public Optional<List<String>> rememberedHeader(String name) {
    return Optional.ofNullable(remembered.get(name));
  }

  @Override
  public List<String> rememberedNames() {
    return rememberedNames;
  }

  @Override
  public void rememberHeader(List<HeaderField> fields) {
    told.addAll(fields);
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
