/** Whether a configuration shows the users and the mail that Dovecot shows. Changes no mail. */
package org.doveadmsshd.setup.checked;
