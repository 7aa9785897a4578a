package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PosixExceptionTest {
  private static final Map<String, Predicate<PosixException>> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("missing", PosixException::isMissing);
    KINDS.put("existing", PosixException::isExisting);
    KINDS.put("link", PosixException::isLink);
    KINDS.put("nodirectory", PosixException::isNotDirectory);
    KINDS.put("denied", PosixException::isDenied);
    KINDS.put("unlinkable", PosixException::isUnlinkable);
    KINDS.put("invalid", PosixException::isInvalid);
    KINDS.put("notempty", PosixException::isNotEmpty);
    KINDS.put("full", PosixException::isFull);
  }

  /** The numbers are Linux's, errno(3). */
  @ParameterizedTest
  @CsvSource({
    "1, denied unlinkable, Operation not permitted",
    "2, missing, No such file or directory",
    "5, '', Input/output error",
    "13, denied unlinkable, Permission denied",
    "17, existing notempty, File exists",
    "18, unlinkable, Invalid cross-device link",
    "20, missing nodirectory, Not a directory",
    "21, '', Is a directory",
    "22, invalid, Invalid argument",
    "24, '', Too many open files",
    "28, full, No space left on device",
    "30, '', Read-only file system",
    "31, unlinkable, Too many links",
    "36, '', File name too long",
    "38, unlinkable, Function not implemented",
    "39, notempty, Directory not empty",
    "40, link, Too many levels of symbolic links",
    "95, unlinkable, Operation not supported",
    "122, full, Disk quota exceeded",
  })
  void eachNumberIsOfItsKindsAndHasItsWords(int errno, String kinds, String reason) {
    PosixException e = new PosixException("open", "/home/jane/x", errno);
    String are =
        KINDS.keySet().stream()
            .filter(kind -> KINDS.get(kind).test(e))
            .collect(Collectors.joining(" "));
    assertThat(are).isEqualTo(kinds);
    assertThat(e.reason()).isEqualTo(reason);
    assertThat(e.getMessage()).isEqualTo("open(/home/jane/x): " + reason);
  }

  @Test
  void aUserMaySeeTheNameOfAFileButNotWhereItLies() {
    assertThat(new PosixException("open", "/home/jane/Maildir/cur", 2).file()).isEqualTo("cur");
    assertThat(new PosixException("open", "cur", 2).file()).isEqualTo("cur");
  }

  @Test
  void namesAreShownAsTextOnOneLine() {
    PosixException e = new PosixException("open", FileName.of("/é\n\u001b"), 2);
    assertThat(e.getMessage()).startsWith("open(/é\ufffd\ufffd): ");
    assertThat(e.file()).isEqualTo("é\ufffd\ufffd");
    assertThat(new PosixException("open", "a\u00ff", 2).file()).as("no UTF-8").isEqualTo("a\ufffd");
  }
}
