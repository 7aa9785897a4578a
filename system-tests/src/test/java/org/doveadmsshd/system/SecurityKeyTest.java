package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keys of security keys (OpenSSH, PROTOCOL.u2f), through the stock client and an agent that stands
 * in for the device: only it can say that nobody has touched it.
 */
class SecurityKeyTest {
  private static final String TYPE = "sk-ssh-ed25519@openssh.com";
  private static final String APPLICATION = "ssh:";
  private static final byte TOUCHED = 1;

  @TempDir Path directory;
  private TestSite site;
  private Agent agent;

  /** An ssh-agent with one key. */
  private static final class Agent extends Thread {
    private final ServerSocketChannel listening;
    private final KeyPair pair;
    private volatile byte flags = TOUCHED;

    Agent(Path socket) throws Exception {
      pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listening.bind(UnixDomainSocketAddress.of(socket));
      setDaemon(true);
      start();
    }

    byte[] blob() {
      byte[] encoded = pair.getPublic().getEncoded();
      byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
      return strings(TYPE.getBytes(StandardCharsets.US_ASCII), raw, APPLICATION.getBytes());
    }

    private static byte[] strings(byte[]... values) {
      ByteBuffer all =
          ByteBuffer.allocate(Arrays.stream(values).mapToInt(value -> 4 + value.length).sum());
      for (byte[] value : values) {
        all.putInt(value.length).put(value);
      }
      return all.array();
    }

    @Override
    public void run() {
      while (true) {
        try (SocketChannel client = listening.accept()) {
          serve(client);
        } catch (IOException e) {
          if (!listening.isOpen()) {
            return;
          }
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException(e);
        }
      }
    }

    private void serve(SocketChannel client) throws IOException, GeneralSecurityException {
      DataInputStream in = new DataInputStream(Channels.newInputStream(client));
      OutputStream out = Channels.newOutputStream(client);
      while (true) {
        byte[] request = new byte[in.readInt()];
        in.readFully(request);
        byte[] answer =
            switch (request[0]) {
              case 11 -> identities();
              case 13 -> signature(ByteBuffer.wrap(request, 1, request.length - 1));
              default -> new byte[] {5}; // failure
            };
        out.write(ByteBuffer.allocate(4 + answer.length).putInt(answer.length).put(answer).array());
      }
    }

    private byte[] identities() {
      byte[] key = strings(blob(), "touch me".getBytes());
      return ByteBuffer.allocate(5 + key.length).put((byte) 12).putInt(1).put(key).array();
    }

    private byte[] signature(ByteBuffer request) throws GeneralSecurityException {
      request.position(request.position() + 4 + blob().length);
      byte[] data = new byte[request.getInt()];
      request.get(data);
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      int counter = 1;
      ByteBuffer signed = ByteBuffer.allocate(32 + 1 + 4 + 32);
      signed.put(sha256.digest(APPLICATION.getBytes())).put(flags).putInt(counter);
      signed.put(sha256.digest(data));
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(pair.getPrivate());
      signer.update(signed.array());
      byte[] raw = strings(TYPE.getBytes(StandardCharsets.US_ASCII), signer.sign());
      ByteBuffer whole = ByteBuffer.allocate(raw.length + 5).put(raw).put(flags).putInt(counter);
      byte[] string = strings(whole.array());
      return ByteBuffer.allocate(1 + string.length).put((byte) 14).put(string).array();
    }
  }

  @BeforeEach
  void start() throws Exception {
    site = new TestSite(directory.resolve("site"), 2);
    agent = new Agent(directory.resolve("agent"));
    Files.writeString(
        site.directory.resolve("authorized/admin"),
        TYPE + " " + Base64.getEncoder().encodeToString(agent.blob()) + " device\n");
  }

  @AfterEach
  void stop() throws Exception {
    agent.listening.close();
    site.close();
  }

  private int login() throws Exception {
    List<String> words =
        new ArrayList<>(List.of("env", "SSH_AUTH_SOCK=" + directory.resolve("agent")));
    words.addAll(site.ssh("admin"));
    words.replaceAll(word -> word.replace("IdentitiesOnly=yes", "IdentitiesOnly=no"));
    words.add("doveadm who");
    return site.exec(new byte[0], words.toArray(String[]::new)).code();
  }

  @Test
  void aDeviceLetsInWhenItWasTouchedAndOnlyThen() throws Exception {
    assertThat(login()).isZero();
    agent.flags = 0;
    assertThat(login()).isEqualTo(255);
    String line = Files.readString(site.directory.resolve("authorized/admin"));
    Files.writeString(site.directory.resolve("authorized/admin"), "no-touch-required " + line);
    assertThat(login()).as("the option is not supported").isEqualTo(255);
  }
}
