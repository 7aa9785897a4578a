package org.doveadmsshd.brain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.protocol.Value;

/**
 * Makes rows with our columns of what a worker sends, whose version may have others. Columns are
 * the same when their keys are; what the worker does not send is absent, what we do not know is
 * left out. For one request; one thread at a time.
 */
final class ColumnMatch {
  private final int[] sources; // for each of our columns where the worker has it, or -1
  private final boolean[] isKnown; // for each of the worker's columns
  private final boolean isSame;

  /** For each chunked value of the last row whether it is ours. */
  private final ArrayDeque<Boolean> chunked = new ArrayDeque<>();

  /**
   * @param ours the columns that are printed
   * @throws ProtocolException when none of them is among the worker's
   */
  ColumnMatch(List<Column> ours, List<Column> theirs) throws ProtocolException {
    isSame = ours.equals(theirs);
    sources = new int[isSame ? 0 : ours.size()];
    isKnown = new boolean[isSame ? 0 : theirs.size()];
    if (!isSame) {
      match(ours, theirs);
    }
  }

  private void match(List<Column> ours, List<Column> theirs) throws ProtocolException {
    Map<String, ArrayDeque<Integer>> places = new HashMap<>(); // a key may be there twice
    for (int i = 0; i < theirs.size(); i++) {
      places.computeIfAbsent(theirs.get(i).key(), key -> new ArrayDeque<>()).add(i);
    }
    boolean isAny = ours.isEmpty();
    for (int i = 0; i < sources.length; i++) {
      ArrayDeque<Integer> left = places.getOrDefault(ours.get(i).key(), new ArrayDeque<>());
      sources[i] = left.isEmpty() ? -1 : left.remove();
      if (sources[i] >= 0) {
        isKnown[sources[i]] = true;
        isAny = true;
      }
    }
    if (!isAny) {
      throw new ProtocolException(
          "none of the worker's columns is known here: it runs another version");
    }
  }

  /** Keys of ours that the worker does not send. */
  List<String> missing(List<Column> ours) {
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] < 0) {
        missing.add(ours.get(i).key());
      }
    }
    return missing;
  }

  /**
   * A row with our columns.
   *
   * @throws ProtocolException when values that come in chunks would come in another order
   */
  Message.Row row(Message.Row row) throws ProtocolException {
    if (isSame) {
      return row;
    }
    List<Value> theirs = row.values();
    for (int i = 0; i < theirs.size(); i++) {
      if (theirs.get(i) == Value.CHUNKED) {
        chunked.add(isKnown[i]);
      }
    }
    List<Value> values = new ArrayList<>(sources.length);
    int last = -1;
    for (int source : sources) {
      Value value = source < 0 ? Value.ABSENT : theirs.get(source);
      values.add(value);
      if (value == Value.CHUNKED && source < last) {
        throw new ProtocolException("it streams its columns in an order that is not known here");
      }
      last = value == Value.CHUNKED ? source : last;
    }
    return new Message.Row(row.requestId(), values);
  }

  /** Whether a chunk belongs to a value of ours. */
  boolean isOurs(Message.Chunk chunk) {
    if (isSame) {
      return true;
    }
    return chunk.last() ? chunked.remove() : chunked.element();
  }
}
