package org.doveadmsshd.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** Which addresses are taken for one and the same stranger. */
public final class Networks {
  private static final int NETWORK_BYTES = 8;

  private Networks() {}

  /**
   * A name for all addresses that one stranger has: an IPv4 address stands for itself, an IPv6
   * address for its /64.
   *
   * @param address as text; any text but an IPv6 address comes back as it is
   */
  public static String of(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      byte[] bytes = InetAddress.getByName(address).getAddress(); // with a colon it is no host name
      return bytes.length <= NETWORK_BYTES
          ? InetAddress.getByAddress(bytes).getHostAddress()
          : HexFormat.of().formatHex(bytes, 0, NETWORK_BYTES) + "::/64";
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
