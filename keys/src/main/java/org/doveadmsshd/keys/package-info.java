/** Key files in OpenSSH's formats: host keys, authorized keys, identities, known hosts. */
package org.doveadmsshd.keys;
