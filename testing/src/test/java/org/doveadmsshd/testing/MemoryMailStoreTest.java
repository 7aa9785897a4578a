package org.doveadmsshd.testing;

import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;

class MemoryMailStoreTest extends MailStoreContract {
  @Override
  MailStore open(QuotaRules rules) {
    return new MemoryMailStore(rules);
  }
}
