/**
 * Servers at the other end of a connection: lanes on which requests go there and messages come
 * back.
 */
package org.doveadmsshd.brain.remote;
