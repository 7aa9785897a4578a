package org.doveadmsshd.server.metrics;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/** Text in Prometheus' exposition format, version 0.0.4. One thread. */
final class Exposition {
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double MICROS = 1e6;

  private final StringBuilder text = new StringBuilder(8 * 1024);
  private Metric current;

  /** Begins a metric unless it is the one that the last value was of. */
  private void begin(Metric metric) {
    if (metric != current) {
      current = metric;
      String kind = metric.kind().name().toLowerCase(Locale.ROOT);
      text.append("# HELP ").append(metric.text()).append(' ').append(metric.help()).append('\n');
      text.append("# TYPE ").append(metric.text()).append(' ').append(kind).append('\n');
    }
  }

  /**
   * Adds a value. All of a metric stand together.
   *
   * @param labels a value for each label of the metric
   */
  void add(Metric metric, List<String> labels, double value) {
    begin(metric);
    text.append(metric.text());
    for (int i = 0; i < labels.size(); i++) {
      text.append(i == 0 ? '{' : ',');
      text.append(metric.labels().get(i)).append("=\"").append(escaped(labels.get(i))).append('"');
    }
    text.append(labels.isEmpty() ? "" : "}");
    append(value);
  }

  /** Adds a histogram. */
  void add(Metric metric, Histogram histogram) {
    begin(metric);
    long[] counts = histogram.counts();
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i];
      String bound = i < Histogram.BOUNDS.length ? number(Histogram.BOUNDS[i] / MICROS) : "+Inf";
      text.append(metric.text()).append("_bucket{le=\"").append(bound).append("\"}");
      append(sum);
    }
    text.append(metric.text()).append("_sum");
    append(histogram.micros() / MICROS);
    text.append(metric.text()).append("_count");
    append(sum);
  }

  private void append(double value) {
    text.append(' ').append(number(value)).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
