package org.doveadmsshd.auth;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.base.Variables;

/**
 * The same fields for all users, with variables. A user exists if the home directory does, unless
 * all users are allowed.
 */
public final class StaticUserdb implements Userdb {
  private final Map<String, String> templates;
  private final boolean allowsAll;

  /**
   * @param templates by field; {@code home} among them unless everybody is a user
   * @param allowsAll whether every name is a user's
   */
  public StaticUserdb(Map<String, String> templates, boolean allowsAll) {
    this.templates = new LinkedHashMap<>(templates);
    this.allowsAll = allowsAll;
  }

  @Override
  public Optional<MailUser> find(String name) {
    String user = name.toLowerCase(Locale.ROOT);
    if (!UserName.isFitForPaths(user)) {
      return Optional.empty(); // would lead elsewhere
    }
    Map<String, String> fields = new LinkedHashMap<>();
    Variables variables = Variables.of(user, "");
    templates.forEach((field, template) -> fields.put(field, variables.expand(template)));
    boolean exists = allowsAll || Files.isDirectory(Path.of(fields.getOrDefault("home", "")));
    return exists ? Optional.of(new MailUser(user, fields)) : Optional.empty();
  }

  @Override
  public boolean canList() {
    return false;
  }

  @Override
  public void forEach(Visitor visitor) throws Failure {
    throw new Failure(Outcome.CONFIGURATION_ERROR, "The static userdb cannot list its users");
  }
}
