package org.doveadmsshd.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The flags of a mail.
 *
 * @param bits one bit per {@link Flag}
 * @param keywords other flags, in the order of their letters
 */
public record Flags(int bits, List<String> keywords) {
  public static final Flags NONE = new Flags(0, List.of());

  public Flags {
    keywords = List.copyOf(keywords);
  }

  public static Flags of(Collection<Flag> flags, List<String> keywords) {
    int bits = 0;
    for (Flag flag : flags) {
      bits |= flag.bit();
    }
    return new Flags(bits, keywords);
  }

  public boolean has(Flag flag) {
    return (bits & flag.bit()) != 0;
  }

  /** Whether a keyword is set; case does not count. */
  public boolean hasKeyword(String keyword) {
    for (String own : keywords) {
      if (own.equalsIgnoreCase(keyword)) {
        return true;
      }
    }
    return false;
  }

  /** These and others. */
  public Flags plus(Flags others) {
    List<String> all = new ArrayList<>(keywords);
    others.keywords.stream().filter(keyword -> !hasKeyword(keyword)).forEach(all::add);
    return new Flags(bits | others.bits, all);
  }

  /** These without others. */
  public Flags minus(Flags others) {
    List<String> left = new ArrayList<>(keywords);
    left.removeIf(others::hasKeyword);
    return new Flags(bits & ~others.bits, left);
  }

  /** As {@code fetch flags} prints them: {@code \Answered \Seen $Forwarded}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Flag flag : Flag.values()) {
      if (has(flag)) {
        text.append(text.length() > 0 ? " " : "").append(flag.text());
      }
    }
    for (String keyword : keywords) {
      text.append(text.length() > 0 ? " " : "").append(keyword);
    }
    return text.toString();
  }
}
