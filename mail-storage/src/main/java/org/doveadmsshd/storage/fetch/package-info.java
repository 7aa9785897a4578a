/**
 * What {@code fetch} can print of a mail: one entry for each field in {@link
 * org.doveadmsshd.storage.fetch.FetchFields}.
 */
package org.doveadmsshd.storage.fetch;
