package org.doveadmsshd.brain.ssh;

import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.helpers.AbstractFactoryManager;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/**
 * The algorithms that are offered, best first. AES-GCM only: chacha20 is slow in Java, and where
 * CTR is offered OpenSSH clients prefer it although it is slower than GCM here. No SHA-1 anywhere.
 * The server offers more to clients that know none of these.
 */
public final class Algorithms {
  private Algorithms() {}

  /** Ciphers, MACs, signatures and compression for client and server. */
  public static void set(AbstractFactoryManager manager) {
    manager.setCipherFactories(List.of(BuiltinCiphers.aes128gcm, BuiltinCiphers.aes256gcm));
    manager.setMacFactories(List.of(BuiltinMacs.hmacsha256etm, BuiltinMacs.hmacsha512etm));
    manager.setCompressionFactories(List.of(BuiltinCompressions.none));
    List<NamedFactory<Signature>> signatures =
        new ArrayList<>(
            List.of(
                BuiltinSignatures.ed25519_cert,
                BuiltinSignatures.nistp256_cert,
                BuiltinSignatures.nistp384_cert,
                BuiltinSignatures.nistp521_cert,
                BuiltinSignatures.rsaSHA512_cert,
                BuiltinSignatures.rsaSHA256_cert));
    signatures.addAll(withoutCertificates());
    manager.setSignatureFactories(signatures);
  }

  /** Signatures by plain keys. */
  static List<NamedFactory<Signature>> withoutCertificates() {
    return List.of(
        BuiltinSignatures.ed25519,
        BuiltinSignatures.sk_ssh_ed25519,
        BuiltinSignatures.nistp256,
        BuiltinSignatures.nistp384,
        BuiltinSignatures.nistp521,
        BuiltinSignatures.sk_ecdsa_sha2_nistp256,
        BuiltinSignatures.rsaSHA512,
        BuiltinSignatures.rsaSHA256);
  }
}
