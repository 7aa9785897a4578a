package org.doveadmsshd.auth.system;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;

/** Linux-PAM (pam(3)), directly mapped. Strings are bytes that end with a NUL. */
final class LibPam {
  static final int SUCCESS = 0;
  static final int PERMISSION_DENIED = 6;
  static final int AUTHENTICATION_ERROR = 7;
  static final int USER_UNKNOWN = 10;
  static final int MAX_TRIES = 11;
  static final int NEW_PASSWORD_REQUIRED = 12;
  static final int ACCOUNT_EXPIRED = 13;

  static final int ITEM_TTY = 3;
  static final int ITEM_REMOTE_HOST = 4;
  static final int ITEM_FAIL_DELAY = 10;

  /** Flag: an empty password is none. */
  static final int DISALLOW_EMPTY = 1;

  private static final int PROMPT_ECHO_OFF = 1;
  private static final int PROMPT_ECHO_ON = 2;
  private static final int BUFFER_ERROR = 5;
  private static final int CONVERSATION_ERROR = 19;
  private static final int MAX_MESSAGES = 32;

  private LibPam() {}

  /** Only looked for when it is used. */
  static final class Library {
    static {
      Native.register(Library.class, "libpam.so.0");
    }

    private Library() {}

    static native int pam_start(
        byte[] service, byte[] user, Pointer conversation, PointerByReference handle);

    static native int pam_set_item(Pointer handle, int item, Callback value);

    static native int pam_authenticate(Pointer handle, int flags);

    static native int pam_acct_mgmt(Pointer handle, int flags);

    static native int pam_end(Pointer handle, int status);

    static native String pam_strerror(Pointer handle, int status);
  }

  /** The same function, for items that are text. */
  static final class TextItems {
    static {
      Native.register(TextItems.class, "libpam.so.0");
    }

    private TextItems() {}

    static native int pam_set_item(Pointer handle, int item, byte[] value);
  }

  /** Memory that PAM frees must come from malloc(3). */
  private static final class CHeap {
    static {
      Native.register(CHeap.class, "c");
    }

    static native Pointer calloc(NativeLong count, NativeLong size);
  }

  /** Called by modules that want to know something. */
  interface Conversation extends Callback {
    /**
     * Answers messages.
     *
     * @param messages array of pointers to struct pam_message
     * @param responses where to put an array of struct pam_response
     */
    int answer(int count, Pointer messages, Pointer responses, Pointer data);
  }

  /** Called by PAM in place of its delay after a failure; the caller delays its answer itself. */
  interface FailDelay extends Callback {
    void delay(int status, int micros, Pointer data);
  }

  /** Answers every question with the password; PAM frees the answers. */
  static final class PasswordConversation implements Conversation {
    private final byte[] password;

    PasswordConversation(String password) {
      this.password = terminated(password);
    }

    @Override
    public int answer(int count, Pointer messages, Pointer responses, Pointer data) {
      if (count <= 0 || count > MAX_MESSAGES) {
        return CONVERSATION_ERROR;
      }
      long size = Native.POINTER_SIZE + 8L; // text, return code, padding
      Pointer array = CHeap.calloc(new NativeLong(count), new NativeLong(size));
      if (array == null) {
        return BUFFER_ERROR;
      }
      for (int i = 0; i < count; i++) {
        int style = messages.getPointer((long) i * Native.POINTER_SIZE).getInt(0);
        if (style == PROMPT_ECHO_OFF || style == PROMPT_ECHO_ON) {
          Pointer copy = CHeap.calloc(new NativeLong(1), new NativeLong(password.length));
          if (copy == null) {
            return BUFFER_ERROR;
          }
          copy.write(0, password, 0, password.length);
          array.setPointer(i * size, copy);
        }
      }
      responses.setPointer(0, array);
      return SUCCESS;
    }
  }

  static byte[] terminated(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return java.util.Arrays.copyOf(bytes, bytes.length + 1);
  }
}
