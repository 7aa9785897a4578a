/**
 * One user's mail in several namespaces, each a tree of mailboxes of its own: which of them a name
 * is in, and what it is called there.
 */
package org.doveadmsshd.storage.namespace;
