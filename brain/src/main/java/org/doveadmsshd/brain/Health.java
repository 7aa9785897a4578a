package org.doveadmsshd.brain;

import java.time.Duration;
import java.util.Optional;

/**
 * How a server answers.
 *
 * @param software name and version of the program there, as it says
 * @param roundTrip how long a question and its answer take, on the quickest of some tries
 * @param ahead by how much its clock is ahead of ours, negative when it is behind; nothing of a
 *     server that is too old to say
 */
public record Health(String software, Duration roundTrip, Optional<Duration> ahead) {}
