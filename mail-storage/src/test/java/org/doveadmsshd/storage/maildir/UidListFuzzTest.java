package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Whatever stands in a dovecot-uidlist, it is read whole or refused whole. */
class UidListFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) throws IOException {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      UidListReader reader = new UidListReader(new ByteArrayInputStream(bytes));
      long mails = 0;
      while (reader.nextMail()) {
        String fields = text(reader, reader.fieldsAt(), reader.fieldsLength());
        String base = text(reader, reader.baseAt(), reader.baseLength());
        String line = reader.uid() + (fields.isEmpty() ? "" : " " + fields) + " :" + base + "\n";
        out.write(line.getBytes(StandardCharsets.ISO_8859_1));
        mails++;
      }
      UidList list = reader.list(0);
      ByteArrayOutputStream rewritten = new ByteArrayOutputStream();
      rewritten.write(list.identified("0".repeat(32)).header());
      rewritten.write(out.toByteArray());
      reader = new UidListReader(new ByteArrayInputStream(rewritten.toByteArray()));
      while (reader.nextMail()) {
        mails--;
      }
      assertThat(mails).isZero();
      assertThat(reader.list(0).validity()).isEqualTo(list.validity());
      assertThat(reader.list(0).next()).isEqualTo(list.next());
    } catch (UidList.DamagedException e) {
      // the only answer that is allowed
    }
  }

  private static String text(UidListReader reader, int from, int length) {
    return new String(reader.line(), from, length, StandardCharsets.ISO_8859_1);
  }
}
