package org.doveadmsshd.base;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Why something failed, in the words that administrators know, most of them the C library's. Many
 * exceptions of the JDK have the reason in the name of their class only, and their message is a
 * path or nothing.
 */
public final class Reason {
  private Reason() {}

  /**
   * The reason alone, for a message that names what it is about: {@code Permission denied}. One
   * line, never empty.
   */
  public static String of(Throwable thrown) {
    if (thrown instanceof FileSystemException) {
      return ofFile((FileSystemException) thrown);
    }
    if (thrown instanceof FileNotFoundException) {
      return inBrackets(thrown);
    }
    if (isWrapper(thrown) && thrown.getCause() != null) {
      return of(thrown.getCause());
    }
    String message = thrown.getMessage();
    String known = ofClass(thrown);
    boolean says = message != null && !message.isBlank();
    return Printable.line(known != null ? known : says ? message.strip() : named(thrown));
  }

  /** The reason, after the file that it is about if there is one: {@code /a/b: Is a directory}. */
  public static String withFile(Throwable thrown) {
    Throwable inner = thrown;
    while (isWrapper(inner) && inner.getCause() != null) {
      inner = inner.getCause();
    }
    String file = "";
    if (inner instanceof FileSystemException) {
      file = String.valueOf(((FileSystemException) inner).getFile());
    } else if (inner instanceof FileNotFoundException && inner.getMessage().endsWith(")")) {
      file = inner.getMessage().substring(0, inner.getMessage().lastIndexOf(" ("));
    }
    return file.isEmpty() || file.equals("null")
        ? of(inner)
        : Printable.line(file) + ": " + of(inner);
  }

  /**
   * For logs: the message of a failure, and its cause if that says more, as {@code Mailbox INBOX:
   * cur: Permission denied (open(/home/jane/Maildir/cur): Permission denied)}.
   */
  public static String full(Throwable thrown) {
    String text = of(thrown);
    String behind = thrown.getCause() == null ? "" : withFile(thrown.getCause());
    return text.contains(behind) ? text : text + " (" + behind + ")";
  }

  private static boolean isWrapper(Throwable thrown) {
    return thrown instanceof UncheckedIOException
        || thrown instanceof ExecutionException
        || thrown instanceof CompletionException;
  }

  private static String ofFile(FileSystemException thrown) {
    if (thrown instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (thrown instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (thrown instanceof FileAlreadyExistsException) {
      return "File exists";
    }
    if (thrown instanceof NotDirectoryException) {
      return "Not a directory";
    }
    if (thrown instanceof DirectoryNotEmptyException) {
      return "Directory not empty";
    }
    if (thrown instanceof FileSystemLoopException) {
      return "Too many levels of symbolic links";
    }
    return thrown.getReason() == null ? "it cannot be used" : Printable.line(thrown.getReason());
  }

  /** {@code java.io} writes {@code /a/b (Permission denied)}. */
  private static String inBrackets(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    int at = message.lastIndexOf(" (");
    boolean has = at >= 0 && message.endsWith(")");
    return has
        ? Printable.line(message.substring(at + 2, message.length() - 1))
        : "No such file or directory";
  }

  /** The meaning of an exception whose message says nothing useful; null for others. */
  private static String ofClass(Throwable thrown) {
    if (thrown instanceof ClosedChannelException) {
      return "the connection was closed";
    }
    if (thrown instanceof EOFException && thrown.getMessage() == null) {
      return "it ends too early";
    }
    if (thrown instanceof CharacterCodingException) {
      return "it is no UTF-8";
    }
    if (thrown instanceof UserPrincipalNotFoundException) {
      return "the system does not know " + ((UserPrincipalNotFoundException) thrown).getName();
    }
    if (thrown instanceof ReadOnlyFileSystemException) {
      return "Read-only file system";
    }
    if (thrown instanceof UnresolvedAddressException) {
      return "the name of the host is not known";
    }
    if (thrown instanceof UnknownHostException
        && !String.valueOf(thrown.getMessage()).contains(" ")) {
      return "the name of the host is not known: " + thrown.getMessage();
    }
    if (thrown instanceof TimeoutException && thrown.getMessage() == null) {
      return "timed out";
    }
    if (thrown instanceof OutOfMemoryError) {
      return "memory has run out";
    }
    return thrown instanceof StackOverflowError ? "it is nested too deeply" : null;
  }

  /** The class in words: {@code IllegalStateException} is {@code illegal state}. */
  private static String named(Throwable thrown) {
    String name = thrown.getClass().getSimpleName();
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      boolean begins = Character.isUpperCase(name.charAt(i)) && i > 0;
      words.append(begins ? " " : "").append(name.charAt(i));
    }
    String text = words.toString().toLowerCase(Locale.ROOT);
    for (String ending : new String[] {" exception", " error"}) {
      text = text.endsWith(ending) ? text.substring(0, text.length() - ending.length()) : text;
    }
    return text.equals("i o") ? "it cannot be read or written" : text;
  }
}
