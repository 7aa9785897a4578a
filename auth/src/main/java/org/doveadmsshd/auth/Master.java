package org.doveadmsshd.auth;

/**
 * An administrator who has proved who he is.
 *
 * @param login how
 */
public record Master(String name, Scope scope, Login login) {}
