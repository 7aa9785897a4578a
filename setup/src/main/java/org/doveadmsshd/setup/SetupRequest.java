package org.doveadmsshd.setup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an administrator has asked for.
 *
 * @param configuration that is to be written; absolute
 * @param dovecot Dovecot's configuration; nothing for that of the installed one
 * @param printed what doveconf has printed elsewhere, instead
 * @param key file of public keys for the first master; nothing for those of the administrator
 * @param master his name
 * @param users to open besides those that are listed
 */
public record SetupRequest(
    Path configuration,
    Optional<Path> dovecot,
    Optional<Path> printed,
    Optional<Path> key,
    String master,
    List<String> listen,
    int port,
    List<String> users,
    boolean dryRun,
    boolean force) {}
