package org.doveadmsshd.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.storage.maildir.MaildirStore;
import org.junit.jupiter.api.io.TempDir;

/** The same promises, kept by a Maildir. */
class MaildirStoreContractTest extends MailStoreContract {
  @TempDir Path home;

  @Override
  MailStore open(QuotaRules rules) throws Exception {
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(home.resolve("Maildir").resolve(part));
    }
    List<String> warnings = new ArrayList<>();
    MaildirStore.Context context =
        new MaildirStore.Context(
            Duration.ofSeconds(20),
            () -> {},
            warnings::add,
            rules,
            CompressionRules.NONE,
            Optional.empty(),
            MemoryTurns.unlimited().holder());
    return MaildirStore.open(home, List.of("Maildir"), context);
  }
}
