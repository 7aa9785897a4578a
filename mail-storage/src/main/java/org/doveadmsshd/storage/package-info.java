/**
 * What the commands see of a user's mail: a store of mailboxes, mailboxes of mails. The backends
 * stand in packages below; nothing here knows them.
 */
package org.doveadmsshd.storage;
