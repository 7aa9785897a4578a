package org.doveadmsshd.auth.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPURL;
import com.unboundid.ldap.sdk.SearchScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.doveadmsshd.base.Variables;

/**
 * The settings of Dovecot's {@code dovecot-ldap.conf.ext}.
 *
 * @param uris {@code ldap://host[:port]} or {@code ldaps://…}, several stand for one another
 * @param dn to search with; empty for an anonymous search
 * @param startTls whether an {@code ldap:} connection is made secure first
 * @param caFile certificates that are trusted, in PEM; empty for those of the Java runtime
 * @param authBind whether passwords are verified by logging in to the directory with them
 * @param authBindDn a DN with variables to log in as; empty to search for it
 */
public record LdapSettings(
    List<String> uris,
    String dn,
    String password,
    boolean startTls,
    String caFile,
    boolean authBind,
    String authBindDn,
    String base,
    String scope,
    String userAttributes,
    String userFilter,
    String passwordAttributes,
    String passwordFilter,
    String iterateAttributes,
    String iterateFilter,
    String defaultPasswordScheme) {

  public LdapSettings {
    uris = List.copyOf(uris);
  }

  /** The mistake in the settings, for people. */
  public List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    if (uris.isEmpty()) {
      mistakes.add("uris or hosts must be set");
    }
    for (String uri : uris) {
      try {
        String scheme = new LDAPURL(uri).getScheme();
        if (scheme.equals("ldapi")) {
          mistakes.add("uris: " + uri + ": UNIX sockets are not supported");
        }
      } catch (LDAPException e) {
        mistakes.add("uris: " + uri + ": expected ldap://host or ldaps://host");
      }
    }
    if (searchScope().isEmpty()) {
      mistakes.add("scope = " + scope + ": expected base, onelevel or subtree");
    }
    if (!DN.isValidDN(base)) {
      mistakes.add("base = " + base + ": not a DN");
    }
    template(mistakes, "user_filter", userFilter, true);
    template(mistakes, "pass_filter", passwordFilter, true);
    template(mistakes, "iterate_filter", iterateFilter, true);
    template(mistakes, "auth_bind_userdn", authBindDn, false);
    attributes(mistakes, "user_attrs", userAttributes);
    attributes(mistakes, "pass_attrs", passwordAttributes);
    attributes(mistakes, "iterate_attrs", iterateAttributes);
    return mistakes;
  }

  private static void template(List<String> mistakes, String key, String text, boolean isFilter) {
    try {
      String expanded = Variables.of("x", "x").expand(text, UnaryOperator.identity());
      if (isFilter && !text.isEmpty()) {
        Filter.create(expanded);
      } else if (!isFilter && !DN.isValidDN(expanded)) {
        mistakes.add(key + ": not a DN");
      }
    } catch (IllegalArgumentException | LDAPException e) {
      mistakes.add(key + ": " + e.getMessage());
    }
  }

  private static void attributes(List<String> mistakes, String key, String text) {
    try {
      AttributeMap.parse(text);
    } catch (IllegalArgumentException e) {
      mistakes.add(key + ": " + e.getMessage());
    }
  }

  Optional<SearchScope> searchScope() {
    return switch (scope) {
      case "base" -> Optional.of(SearchScope.BASE);
      case "onelevel" -> Optional.of(SearchScope.ONE);
      case "subtree" -> Optional.of(SearchScope.SUB);
      default -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return "LDAP settings of " + uris; // never the password
  }
}
