package org.doveadmsshd.setup.plan;

import java.util.List;
import java.util.Optional;
import org.doveadmsshd.settings.KnownSettings;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;

/** How new mail is compressed. */
final class Compressed {
  private static final String PLUGIN = "plugin";
  private static final String METHOD = "mail_compress";
  private static final String LEVEL = "mail_compress_level";

  private final Findings findings;
  private final Doveconf dovecot;
  private final Trial trial;

  /** A setting of Dovecot's, as messages name it. */
  private record Said(String setting, String value) {}

  Compressed(Findings findings, Doveconf dovecot, Trial trial) {
    this.findings = findings;
    this.dovecot = dovecot;
    this.trial = trial;
  }

  void write(Output out) {
    Optional<Said> method =
        dovecot.isNewer() ? top("mail_compress_write_method") : plugin("zlib_save");
    if (method.isEmpty()) {
      return;
    }
    if (List.of("zlib", "mail_compress").stream()
        .noneMatch(each -> Takeover.hasPlugin(dovecot, each))) {
      findings.notTaken(
          method.get().setting(),
          "Dovecot does not follow it either: mail_plugins does not name the plugin");
      return;
    }
    Output section = new Output();
    if (section.trySet(KnownSettings.TOP, METHOD, method.get().value()).isPresent()) {
      findings.notTaken(
          method.get().setting(),
          method.get().value() + ": new mail is written as it is; Dovecot reads it all the same");
      return;
    }
    out.blank().comment("New mail is compressed so (docs/compression.md).").add(section);
    findings.taken(method.get().setting(), method.get().value());
    level(method.get().value()).ifPresent(level -> level(section, level, out));
  }

  /** Which levels there are depends on the method. */
  private void level(Output method, Said level, Output out) {
    Output both = new Output().add(method).set(LEVEL, level.value());
    List<String> mistakes = trial.mistakes(both.toString(), Optional.empty());
    if (mistakes.isEmpty()) {
      out.set(LEVEL, level.value());
      findings.taken(level.setting(), level.value());
    } else {
      findings.notTaken(
          level.setting(), level.value() + ": the usual level is taken; " + mistakes.get(0));
    }
  }

  private Optional<Said> level(String method) {
    if (!dovecot.isNewer()) {
      return plugin("zlib_save_level");
    }
    return switch (method) {
      case "gz" -> top("compress_gz_level");
      case "bz2" -> top("compress_bz2_block_size_100k");
      case "zstd" -> top("compress_zstd_level");
      default -> Optional.empty();
    };
  }

  private Optional<Said> top(String name) {
    return said(name, dovecot.root().text(name));
  }

  private Optional<Said> plugin(String name) {
    String value = "";
    for (Block plugin : dovecot.root().all(PLUGIN)) {
      value = plugin.find(name).orElse(value);
    }
    return said(PLUGIN + "/" + name, value);
  }

  private static Optional<Said> said(String setting, String value) {
    return value.isEmpty() ? Optional.empty() : Optional.of(new Said(setting, value));
  }
}
