package org.doveadmsshd.brain.journal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The first line of a journal: what the run is.
 *
 * @param id of the run; names the file in the directory of journals
 * @param program name and version of what has written it
 * @param command its name
 * @param arguments the words of the command line, without those about journals; passwords masked
 * @param master who has given it
 * @param host where the brain is
 * @param process number of the brain's process there
 * @param started when that was
 * @param now the moment that dates in the command count from
 * @param placement the driver that says on which server a user is
 * @param changes whether the command may change mail
 * @param eachServer whether a user who is on two servers is two users
 * @param input what the command has read; nothing where it reads none, or an older program has
 *     written the journal
 */
public record JournalHeader(
    String id,
    String program,
    String command,
    List<String> arguments,
    String master,
    String host,
    long process,
    Instant started,
    Instant now,
    String placement,
    boolean changes,
    boolean eachServer,
    Optional<InputDigest> input) {
  /** The version of the format that this program writes, and the newest that it reads. */
  public static final int VERSION = 1;

  public JournalHeader {
    arguments = List.copyOf(arguments);
  }

  /** The same of a run that has an id. */
  JournalHeader of(String itsId, String itsHost, long itsProcess) {
    return new JournalHeader(
        itsId,
        program,
        command,
        arguments,
        master,
        itsHost,
        itsProcess,
        started,
        now,
        placement,
        changes,
        eachServer,
        input);
  }
}
