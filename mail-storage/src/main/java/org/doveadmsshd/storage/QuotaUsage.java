package org.doveadmsshd.storage;

/**
 * How much a user has stored, and may store.
 *
 * @param name of the quota, as configured
 * @param bytes stored
 * @param messages stored
 * @param byteLimit 0 for none
 * @param messageLimit 0 for none
 */
public record QuotaUsage(
    String name, long bytes, long messages, long byteLimit, long messageLimit) {}
