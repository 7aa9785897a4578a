package org.doveadmsshd.accounts;

import java.util.Optional;

/**
 * Whose mail a name in a shared namespace is in: {@code shared/%%u/} stands for {@code
 * shared/joe@example.org/} and all others like it.
 *
 * @param owner name of the user whose mail it is
 * @param prefix with the owner's name, and the separator at its end
 */
public record OwnerPrefix(String owner, String prefix) {
  private static final String USER = "%%u";
  private static final String LOCAL_PART = "%%n";
  private static final String DOMAIN = "%%d";

  /** What is wrong with the prefix of a shared namespace, for people. */
  static Optional<String> mistake(Namespace namespace) {
    String tail = namespace.prefix().substring(namespace.fixedPrefix().length());
    String end = "" + namespace.separator();
    boolean known =
        tail.equals(USER + end)
            || tail.equals(LOCAL_PART + end)
            || tail.equals(DOMAIN + end + LOCAL_PART + end);
    if (!known) {
      return Optional.of(
          "prefix: expected the owner at its end, as in shared%1$c%%%%u%1$c or shared%1$c%%%%d%1$c%%%%n%1$c"
              .formatted(namespace.separator()));
    }
    String location = namespace.location().orElse("");
    return location.replace("%%", "").indexOf('%') >= 0
        ? Optional.of("location: variables are the owner's there, with two percent signs: %%h")
        : Optional.empty();
  }

  /**
   * The owner whom a name names.
   *
   * @param namespace one with {@link Namespace#isForOwners}
   * @param user who looks: an owner that is a local part has his domain
   * @return nothing when the name names none, or is not in that namespace
   */
  public static Optional<OwnerPrefix> find(Namespace namespace, String user, String mailbox) {
    String fixed = namespace.fixedPrefix();
    if (!mailbox.startsWith(fixed)) {
      return Optional.empty();
    }
    String tail = namespace.prefix().substring(fixed.length());
    int levels = tail.startsWith(DOMAIN) ? 2 : 1;
    int end = fixed.length() - 1;
    for (int level = 0; level < levels; level++) {
      int next = mailbox.indexOf(namespace.separator(), end + 1);
      end = next < 0 ? mailbox.length() : next;
      boolean isLast = level == levels - 1;
      if (!isLast && next < 0) {
        return Optional.empty();
      }
    }
    String named = mailbox.substring(fixed.length(), end);
    String owner = owner(tail, named, namespace.separator(), user);
    return named.isEmpty() || owner.startsWith("@")
        ? Optional.empty()
        : Optional.of(new OwnerPrefix(owner, fixed + named + namespace.separator()));
  }

  private static String owner(String tail, String named, char separator, String user) {
    if (tail.startsWith(DOMAIN)) {
      int at = named.indexOf(separator);
      return named.substring(at + 1) + "@" + named.substring(0, at);
    }
    int domain = user.lastIndexOf('@');
    return tail.startsWith(USER) || domain < 0 ? named : named + user.substring(domain);
  }
}
