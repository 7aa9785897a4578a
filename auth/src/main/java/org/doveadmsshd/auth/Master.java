package org.doveadmsshd.auth;

/** An administrator who has proved who he is. */
public record Master(String name, Scope scope) {}
