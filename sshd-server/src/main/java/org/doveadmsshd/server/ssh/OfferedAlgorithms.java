package org.doveadmsshd.server.ssh;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.helpers.AbstractFactoryManager;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KexFactoryManager;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.server.ServerBuilder;
import org.doveadmsshd.brain.ssh.Algorithms;

/**
 * What is offered to clients: the best ({@link Algorithms}), and to those that know none of it what
 * Dropbear, paramiko, net-ssh and libssh2 of the last ten years have. No SHA-1, no CBC.
 */
final class OfferedAlgorithms {
  private static final List<KeyExchangeFactory> EXCHANGES =
      exchanges(
          BuiltinDHFactories.mlkem768x25519,
          BuiltinDHFactories.sntrup761x25519_openssh,
          BuiltinDHFactories.curve25519,
          BuiltinDHFactories.curve25519_libssh);

  private static final List<KeyExchangeFactory> ALL_EXCHANGES =
      join(EXCHANGES, exchanges(BuiltinDHFactories.ecdhp256, BuiltinDHFactories.dhg14_256));

  private static final List<NamedFactory<Cipher>> OLDER_CIPHERS =
      List.of(BuiltinCiphers.aes128ctr, BuiltinCiphers.aes256ctr);

  private static final List<NamedFactory<Mac>> OLDER_MACS = List.of(BuiltinMacs.hmacsha256);

  private OfferedAlgorithms() {}

  private static List<KeyExchangeFactory> exchanges(BuiltinDHFactories... exchanges) {
    return NamedFactory.setUpTransformedFactories(true, List.of(exchanges), ServerBuilder.DH2KEX);
  }

  private static <T> List<T> join(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  /** To begin with: the best only. */
  static void set(AbstractFactoryManager server) {
    Algorithms.set(server);
    server.setKeyExchangeFactories(EXCHANGES);
  }

  /** All algorithms, in this order; the client takes the one that it prefers. */
  static void offerAll(KexFactoryManager session) {
    offerOlderExchanges(session);
    offerOlderCiphers(session);
  }

  /** All algorithms of a kind, if the client knows none of the best. */
  static void offerWhatSuits(KexFactoryManager session, Map<KexProposalOption, String> client) {
    if (!knowsAny(client, KexProposalOption.ALGORITHMS, session.getKeyExchangeFactories())) {
      offerOlderExchanges(session);
    }
    if (!knowsAny(client, KexProposalOption.C2SENC, session.getCipherFactories())
        || !knowsAny(client, KexProposalOption.S2CENC, session.getCipherFactories())) {
      offerOlderCiphers(session);
    }
  }

  private static void offerOlderExchanges(KexFactoryManager session) {
    session.setKeyExchangeFactories(ALL_EXCHANGES);
  }

  private static void offerOlderCiphers(KexFactoryManager session) {
    session.setCipherFactories(join(session.getCipherFactories(), OLDER_CIPHERS));
    session.setMacFactories(join(session.getMacFactories(), OLDER_MACS));
  }

  private static boolean knowsAny(
      Map<KexProposalOption, String> client,
      KexProposalOption kind,
      Collection<? extends NamedResource> offered) {
    Set<String> names = Set.copyOf(NamedResource.getNameList(offered));
    return Arrays.stream(client.getOrDefault(kind, "").split(",")).anyMatch(names::contains);
  }
}
