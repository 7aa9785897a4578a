package org.doveadmsshd.auth.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.Entry;
import org.doveadmsshd.base.Variables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings user_attrs and pass_attrs, as Dovecot explains them. */
class AttributeMapTest {
  private static final Entry JANE = entry();

  private static Entry entry() {
    Entry entry = new Entry("uid=jane,dc=example,dc=org");
    entry.addAttribute("uid", "jane");
    entry.addAttribute("homeDirectory", "/srv/jane");
    entry.addAttribute("mailQuota", "5");
    entry.addAttribute("key", "one", "two");
    entry.addAttribute("odd", "%u %$ %{ldap:uid}");
    return entry;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | {}",
        "uid | {}",
        "uid=user | {user=jane}",
        "UID=user | {user=jane}",
        " uid = user , homeDirectory = home | {user=jane, home=/srv/jane}",
        "uid=user,uid=login | {user=jane, login=jane}",
        "uid=user,,, | {user=jane}",
        "missing=home | {}",
        "missing=home=/x/%$ | {}",
        "mailQuota=quota_rule=*:bytes=%$M | {quota_rule=*:bytes=5M}",
        "homeDirectory=mail=maildir:%$/Mail | {mail=maildir:/srv/jane/Mail}",
        "=home=/home/%n | {home=/home/jane}",
        "=home=/home/%d/%{ldap:uid} | {home=/home/example.org/jane}",
        "=home=%{ldap:missing}x | {home=x}",
        "=home=%{ldap:missing:default}x | {home=x}",
        "=allow_nets=192.0.2.0/24 | {allow_nets=192.0.2.0/24}",
        "=rate=100%% | {rate=100%}",
        "key=first | {first=one}",
        "odd=text | {text=%u %$ %{ldap:uid}}",
        "odd=text=<%$> | {text=<%u %$ %{ldap:uid}>}",
        "=text=<%{ldap:odd}> | {text=<%u %$ %{ldap:uid}>}",
        "uid=a=%$%$ | {a=janejane}",
      })
  void fieldsAreMadeOfAttributes(String setting, String fields) {
    Variables variables = Variables.of("jane@example.org", "");
    assertThat(AttributeMap.parse(setting).fields(JANE, variables)).hasToString(fields);
  }

  @Test
  void keysAreAllValuesOfTheirAttribute() {
    assertThat(AttributeMap.parse("key=authorized_keys").fields(JANE, Variables.of("jane", "")))
        .containsEntry("authorized_keys", "one\ntwo");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 1.1",
        "uid | 1.1",
        "=home=/x | 1.1",
        "uid=user | uid",
        "uid=user,uid=login,mail=mail | uid mail",
        "=home=%{ldap:a}/%{ldap:b:x},uid=user | a b uid",
        "jpegPhoto;binary=x | jpegPhoto;binary",
        "a=b=%{ldap:c} | a c",
      })
  void onlyWhatIsNeededIsAskedFor(String setting, String attributes) {
    assertThat(String.join(" ", AttributeMap.parse(setting).attributes())).isEqualTo(attributes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=home",
        "a b=home",
        "uid=",
        "uid=two words",
        "=",
        "==x",
        "uid=a=%x",
        "=home=%{nothing}",
        "=home=100%",
        "uid=user,(x)=y"
      })
  void aSettingThatCannotBeUnderstoodIsRefused(String setting) {
    assertThatThrownBy(() -> AttributeMap.parse(setting))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank();
  }
}
