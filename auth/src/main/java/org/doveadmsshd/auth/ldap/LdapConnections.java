package org.doveadmsshd.auth.ldap;

import com.unboundid.ldap.sdk.FailoverServerSet;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPURL;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.ServerSet;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import com.unboundid.util.ssl.JVMDefaultTrustManager;
import com.unboundid.util.ssl.PEMFileTrustManager;
import com.unboundid.util.ssl.SSLUtil;
import java.io.Closeable;
import java.io.File;
import java.security.GeneralSecurityException;
import java.security.KeyStoreException;
import javax.net.SocketFactory;
import javax.net.ssl.TrustManager;

/** The connections to one directory, made when the first is needed. Safe for several threads. */
final class LdapConnections implements Closeable {
  static final Patience USUAL = new Patience(5_000, 10_000);
  private static final int MAX_CONNECTIONS = 5;

  private final LdapSettings settings;
  private final Patience patience;
  private LDAPConnectionPool pool;

  /** How long to wait for the directory. */
  record Patience(int connectMillis, long answerMillis) {}

  LdapConnections(LdapSettings settings, Patience patience) {
    this.settings = settings;
    this.patience = patience;
  }

  /** The pool; its connections are made as they are needed. */
  synchronized LDAPConnectionPool pool() throws LDAPException {
    if (pool == null) {
      pool =
          new LDAPConnectionPool(
              servers(),
              new SimpleBindRequest(settings.dn(), settings.password()),
              0,
              MAX_CONNECTIONS,
              null,
              true);
      pool.setRetryFailedOperationsDueToInvalidConnections(true);
      pool.setMaxWaitTimeMillis(patience.answerMillis());
    }
    return pool;
  }

  private ServerSet servers() throws LDAPException {
    ServerSet[] sets = new ServerSet[settings.uris().size()];
    for (int i = 0; i < sets.length; i++) {
      sets[i] = server(new LDAPURL(settings.uris().get(i)));
    }
    return sets.length == 1 ? sets[0] : new FailoverServerSet(sets);
  }

  private ServerSet server(LDAPURL url) throws LDAPException {
    boolean secure = url.getScheme().equals("ldaps");
    SocketFactory sockets = null;
    PostConnectProcessor afterwards = null;
    try {
      if (secure) {
        sockets = trusting().createSSLSocketFactory();
      } else if (settings.startTls()) {
        afterwards = new StartTLSPostConnectProcessor(trusting().createSSLSocketFactory());
      }
    } catch (GeneralSecurityException e) {
      throw new LDAPException(ResultCode.LOCAL_ERROR, "TLS cannot be set up", e);
    }
    LDAPConnectionOptions options = new LDAPConnectionOptions();
    options.setConnectTimeoutMillis(patience.connectMillis());
    options.setResponseTimeoutMillis(patience.answerMillis());
    options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(false));
    options.setFollowReferrals(false);
    return new SingleServerSet(url.getHost(), url.getPort(), sockets, options, null, afterwards);
  }

  private SSLUtil trusting() throws KeyStoreException {
    TrustManager trusted =
        settings.caFile().isEmpty()
            ? JVMDefaultTrustManager.getInstance()
            : new PEMFileTrustManager(new File(settings.caFile()));
    return new SSLUtil(trusted);
  }

  @Override
  public synchronized void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
