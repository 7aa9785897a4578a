package org.doveadmsshd.setup.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplatesTest {
  @ParameterizedTest
  @CsvSource({
    "/srv/%{user|domain}/%{user | username}, /srv/%d/%n",
    "%{user}, %u",
    "%{user | username | lower}, %Ln",
    "%{user | lower | domain}, %Ld",
    "%{home}/Maildir, %h/Maildir",
    "%u %Ld, %u %Ld",
    "%{user | sha256}, %{user | sha256}",
    "%{ldap:uid}, %{ldap:uid}",
    "%{user | domain | username}, %{user | domain | username}",
    "%{%{user}, %{%u",
  })
  void variablesOfNewerVersionsAreWrittenAsOlderOnes(String text, String expected) {
    assertThat(Templates.translated(text)).isEqualTo(expected);
  }
}
