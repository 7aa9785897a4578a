/**
 * Maildir++ on the same files as a live Dovecot.
 *
 * <p>The rules for a second program are kept here: UIDs are assigned under {@code
 * dovecot-uidlist.lock} only; what is expunged is unlinked and nothing else; Dovecot's indexes are
 * neither read nor written. A scan reads the UID list first and then the directories, and again
 * when they changed meanwhile, because readdir beside a rename may miss a file. No symbolic link
 * below a user's home is followed.
 */
package org.doveadmsshd.storage.maildir;
