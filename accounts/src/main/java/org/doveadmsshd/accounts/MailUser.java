package org.doveadmsshd.accounts;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A mail user as the userdb knows it.
 *
 * @param name as the userdb spells it
 * @param fields uid, gid, home, mail and whatever else, in the order of the userdb
 */
public record MailUser(String name, Map<String, String> fields) {
  public MailUser {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  public Optional<String> home() {
    return Optional.ofNullable(fields.get("home"));
  }

  /** The other host that has the user's mail, when it is not this one. */
  public Optional<String> proxyHost() {
    return fields.containsKey("proxy") ? Optional.ofNullable(fields.get("host")) : Optional.empty();
  }

  /** The same user, whose mail is where a setting says. */
  MailUser withoutMail() {
    Map<String, String> others = new LinkedHashMap<>(fields);
    others.remove("mail");
    return new MailUser(name, others);
  }

  /** Where the mail lies, when it is not where the mail_location setting says. */
  public Optional<String> mail() {
    return Optional.ofNullable(fields.get("mail"));
  }
}
