/**
 * The query language: words become a {@link org.doveadmsshd.storage.search.Query}, a query becomes
 * a {@link org.doveadmsshd.storage.search.Plan} for each mailbox that asks the cheap things first.
 *
 * <p>A new search key is one entry in {@link org.doveadmsshd.storage.search.SearchKeys}.
 */
package org.doveadmsshd.storage.search;
