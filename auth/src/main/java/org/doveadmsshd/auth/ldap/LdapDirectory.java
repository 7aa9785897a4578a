package org.doveadmsshd.auth.ldap;

import com.unboundid.asn1.ASN1OctetString;
import com.unboundid.ldap.sdk.BindRequest;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.controls.SimplePagedResultsControl;
import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.Passdb;
import org.doveadmsshd.auth.PasswordStore;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Variables;

/**
 * Users in a directory. Safe for several threads. Connections are made when they are needed: a
 * directory that is down does not keep the program from starting.
 */
public final class LdapDirectory implements Userdb, PasswordStore, Closeable {
  private static final int PAGE = 1000;
  private static final String USERDB_PREFIX = "userdb_";

  private final LdapSettings settings;
  private final AttributeMap userAttributes;
  private final AttributeMap passwordAttributes;
  private final AttributeMap iterateAttributes;
  private final LdapConnections connections;

  /**
   * Sets it up; nothing is connected yet.
   *
   * @throws IllegalArgumentException when the settings cannot be understood; see {@link
   *     LdapSettings#mistakes}
   */
  public LdapDirectory(LdapSettings settings) {
    this(settings, LdapConnections.USUAL);
  }

  LdapDirectory(LdapSettings settings, LdapConnections.Patience patience) {
    this.settings = settings;
    userAttributes = AttributeMap.parse(settings.userAttributes());
    passwordAttributes = AttributeMap.parse(settings.passwordAttributes());
    iterateAttributes = AttributeMap.parse(settings.iterateAttributes());
    connections = new LdapConnections(settings, patience);
  }

  /** Verifies passwords by logging in to the directory with them. */
  public Passdb binding() {
    return new Passdb() {
      @Override
      public Answer verify(LoginAttempt attempt) throws Failure {
        return bind(attempt);
      }

      /** Never a password: that is the directory's own. */
      @Override
      public Optional<Stored> find(LoginAttempt attempt) throws Failure {
        return LdapDirectory.this.find(attempt).map(stored -> new Stored("", stored.fields()));
      }
    };
  }

  @Override
  public Optional<MailUser> find(String name) throws Failure {
    String user = name.toLowerCase(Locale.ROOT);
    Variables variables = Variables.of(user, "");
    Optional<SearchResultEntry> entry =
        single(settings.userFilter(), variables, userAttributes.attributes());
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> fields = userAttributes.fields(entry.get(), variables);
    String spelled = fields.remove("user");
    return Optional.of(new MailUser(spelled == null ? user : spelled, fields));
  }

  @Override
  public Optional<Stored> find(LoginAttempt attempt) throws Failure {
    Variables variables = Variables.of(attempt.user().toLowerCase(Locale.ROOT), attempt.address());
    Optional<SearchResultEntry> entry =
        single(settings.passwordFilter(), variables, passwordAttributes.attributes());
    return entry.map(found -> stored(passwordAttributes.fields(found, variables)));
  }

  private static Stored stored(Map<String, String> all) {
    Map<String, String> fields = new LinkedHashMap<>(all);
    String password = fields.remove("password");
    fields.keySet().removeIf(field -> field.startsWith(USERDB_PREFIX));
    return new Stored(password == null ? "" : password, fields);
  }

  private Passdb.Answer bind(LoginAttempt attempt) throws Failure {
    if (attempt.password().isEmpty()) {
      return Passdb.Answer.WRONG; // a bind without password is anonymous, and succeeds
    }
    Variables variables = Variables.of(attempt.user().toLowerCase(Locale.ROOT), attempt.address());
    if (!settings.authBindDn().isEmpty()) {
      String dn = variables.expand(settings.authBindDn(), LdapDirectory::escapedForDn);
      return bind(dn, attempt.password(), Map.of());
    }
    Optional<SearchResultEntry> entry =
        single(settings.passwordFilter(), variables, passwordAttributes.attributes());
    if (entry.isEmpty()) {
      // the same work as for a known user, so that time does not tell
      bind("cn=nobody," + settings.base(), attempt.password(), Map.of());
      return Passdb.Answer.UNKNOWN_USER;
    }
    Map<String, String> fields = passwordAttributes.fields(entry.get(), variables);
    return bind(entry.get().getDN(), attempt.password(), stored(fields).fields());
  }

  private Passdb.Answer bind(String dn, String password, Map<String, String> fields)
      throws Failure {
    try {
      BindRequest request = new SimpleBindRequest(dn, password);
      connections.pool().bindAndRevertAuthentication(request);
      return new Passdb.Answer(Passdb.Verdict.RIGHT, fields);
    } catch (LDAPException e) {
      if (e.getResultCode().equals(ResultCode.INVALID_CREDENTIALS)) {
        return Passdb.Answer.WRONG;
      }
      if (e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)
          || e.getResultCode().equals(ResultCode.INVALID_DN_SYNTAX)) {
        return Passdb.Answer.UNKNOWN_USER;
      }
      throw failure(e);
    }
  }

  private static String escapedForDn(String value) {
    String rdn = new RDN("x", value).toString();
    return rdn.substring("x=".length());
  }

  @Override
  public boolean canList() {
    return !settings.iterateFilter().isEmpty();
  }

  @Override
  public void forEach(Visitor visitor) throws Failure, IOException {
    if (!canList()) {
      throw new Failure(Outcome.CONFIGURATION_ERROR, "The LDAP settings have no iterate_filter");
    }
    Variables nobody = Variables.of("", "");
    try {
      LDAPConnectionPool pool = connections.pool();
      LDAPConnection connection = pool.getConnection();
      try {
        SearchRequest request =
            request(settings.iterateFilter(), nobody, iterateAttributes.attributes());
        ASN1OctetString cookie = null;
        do {
          request.setControls(new SimplePagedResultsControl(PAGE, cookie));
          SearchResult page = connection.search(request);
          visit(page.getSearchEntries(), visitor, nobody);
          SimplePagedResultsControl more = SimplePagedResultsControl.get(page);
          cookie = more != null && more.moreResultsToReturn() ? more.getCookie() : null;
        } while (cookie != null);
      } finally {
        pool.releaseAndReAuthenticateConnection(connection);
      }
    } catch (LDAPException e) {
      throw failure(e);
    }
  }

  private void visit(List<SearchResultEntry> entries, Visitor visitor, Variables variables)
      throws Failure, IOException {
    for (Entry entry : entries) {
      String name = iterateAttributes.fields(entry, variables).get("user");
      if (name != null) {
        visitor.visit(name.toLowerCase(Locale.ROOT));
      }
    }
  }

  private SearchRequest request(String filter, Variables variables, String... attributes)
      throws LDAPException {
    String expanded = variables.expand(filter, Filter::encodeValue);
    return new SearchRequest(
        settings.base(), settings.searchScope().orElseThrow(), Filter.create(expanded), attributes);
  }

  private Optional<SearchResultEntry> single(
      String filter, Variables variables, String... attributes) throws Failure {
    try {
      SearchRequest request = request(filter, variables, attributes);
      request.setSizeLimit(2);
      List<SearchResultEntry> found = connections.pool().search(request).getSearchEntries();
      if (found.size() > 1) {
        throw several();
      }
      return found.stream().findFirst();
    } catch (LDAPException e) {
      if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
        throw several();
      }
      throw failure(e);
    }
  }

  private static Failure several() {
    return new Failure(Outcome.TEMPORARY_FAILURE, "The directory has several users of one name");
  }

  /** The directory's text may hold secrets: it is for the log only. */
  private static Failure failure(LDAPException e) {
    return Failure.temporary("The directory cannot be asked at the moment", e);
  }

  @Override
  public void close() {
    connections.close();
  }
}
