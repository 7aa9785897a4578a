package org.doveadmsshd.auth.system;

import com.sun.jna.CallbackReference;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.Map;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.base.Failure;

/**
 * Has the system verify passwords of its own users, by PAM. One password at a time, because few
 * modules are made for threads. A server that does not run as root can verify with pam_unix only
 * the user that it runs as.
 */
public final class PamPassdb implements Passdb {
  private static final int MAX_PASSWORD = 1024;

  private final String service;
  private final PamTurns turns;

  /**
   * @param service name of the file in /etc/pam.d
   * @param turns those of the process
   */
  public PamPassdb(String service, PamTurns turns) {
    this.service = service;
    this.turns = turns;
  }

  @Override
  public Answer verify(LoginAttempt attempt) throws Failure {
    String password = attempt.password();
    boolean possible =
        !password.isEmpty() && password.length() <= MAX_PASSWORD && password.indexOf('\0') < 0;
    if (!possible || attempt.user().indexOf('\0') >= 0) {
      return Answer.UNKNOWN_USER; // the system would look at the part before the NUL
    }
    try {
      return turns.take(service, () -> answer(attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.temporary("Stopped while a password was to be verified", e);
    } catch (UnsatisfiedLinkError e) {
      throw Failure.temporary("This system has no PAM", e);
    }
  }

  private Answer answer(LoginAttempt attempt) throws Failure {
    LibPam.PasswordConversation conversation = new LibPam.PasswordConversation(attempt.password());
    LibPam.FailDelay noDelay = (status, micros, data) -> {};
    try (Memory struct = new Memory(2L * Native.POINTER_SIZE)) {
      struct.clear();
      struct.setPointer(0, CallbackReference.getFunctionPointer(conversation));
      PointerByReference reference = new PointerByReference();
      int status =
          LibPam.Library.pam_start(
              LibPam.terminated(service), LibPam.terminated(attempt.user()), struct, reference);
      if (status != LibPam.SUCCESS) {
        throw Failure.temporary("PAM cannot be asked for the service " + service, null);
      }
      Pointer handle = reference.getValue();
      try {
        LibPam.Library.pam_set_item(handle, LibPam.ITEM_FAIL_DELAY, noDelay);
        LibPam.TextItems.pam_set_item(handle, LibPam.ITEM_TTY, LibPam.terminated("doveadm"));
        if (!attempt.address().isEmpty()) {
          byte[] address = LibPam.terminated(attempt.address());
          LibPam.TextItems.pam_set_item(handle, LibPam.ITEM_REMOTE_HOST, address);
        }
        status = LibPam.Library.pam_authenticate(handle, LibPam.DISALLOW_EMPTY);
        if (status == LibPam.SUCCESS) {
          status = LibPam.Library.pam_acct_mgmt(handle, LibPam.DISALLOW_EMPTY);
        }
        return answer(handle, status);
      } finally {
        LibPam.Library.pam_end(handle, status);
        java.lang.ref.Reference.reachabilityFence(conversation);
        java.lang.ref.Reference.reachabilityFence(noDelay);
      }
    }
  }

  private Answer answer(Pointer handle, int status) throws Failure {
    return switch (status) {
      case LibPam.SUCCESS -> new Answer(Verdict.RIGHT, Map.of());
      case LibPam.USER_UNKNOWN -> Answer.UNKNOWN_USER;
      case LibPam.AUTHENTICATION_ERROR,
          LibPam.PERMISSION_DENIED,
          LibPam.MAX_TRIES,
          LibPam.NEW_PASSWORD_REQUIRED,
          LibPam.ACCOUNT_EXPIRED ->
          Answer.WRONG;
      default ->
          throw Failure.temporary(
              "PAM cannot verify passwords for the service "
                  + service
                  + ": "
                  + LibPam.Library.pam_strerror(handle, status),
              null);
    };
  }
}
