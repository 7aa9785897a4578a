package org.doveadmsshd.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The alerts, the dashboard and the page about them name metrics that there are. */
class MonitoringFilesTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern NAME = Pattern.compile("\\b(?:doveadm|process)_[a-z_]+\\b");

  private static Set<String> known() {
    Set<String> known = new TreeSet<>();
    for (Metric metric : Metric.values()) {
      if (metric.kind() == Metric.Kind.HISTOGRAM) {
        Stream.of("_bucket", "_sum", "_count").forEach(end -> known.add(metric.text() + end));
      } else {
        known.add(metric.text());
      }
    }
    return known;
  }

  private static List<String> names(String text) {
    return NAME.matcher(text).results().map(each -> each.group()).toList();
  }

  @Test
  void alertsNameMetricsThatThereAre() throws Exception {
    String alerts = Files.readString(DOCS.resolve("monitoring/alerts.yml"));
    List<String> expressions = new ArrayList<>();
    Matcher matcher = Pattern.compile("(?s)expr: (.*?)\n +(?:for|labels):").matcher(alerts);
    while (matcher.find()) {
      expressions.add(matcher.group(1));
    }
    assertThat(expressions).hasSize(alerts.split("- alert: ").length - 1);
    assertThat(expressions.stream().flatMap(each -> names(each).stream()).toList())
        .hasSizeGreaterThan(9)
        .isSubsetOf(known());
  }

  @Test
  void theDashboardIsJsonOfAKnownVersionAndItsExpressionsNameMetricsThatThereAre()
      throws Exception {
    List<String> expressions = new ArrayList<>();
    int version = 0;
    try (JsonParser json =
        new JsonFactory().createParser(DOCS.resolve("monitoring/dashboard.json").toFile())) {
      for (JsonToken token; (token = json.nextToken()) != null; ) {
        if (token == JsonToken.VALUE_STRING && "expr".equals(json.currentName())) {
          expressions.add(json.getText());
        } else if (token == JsonToken.VALUE_NUMBER_INT
            && "schemaVersion".equals(json.currentName())) {
          version = json.getIntValue();
        }
      }
    }
    assertThat(version).isEqualTo(38);
    assertThat(expressions).hasSizeGreaterThan(15).allMatch(each -> !names(each).isEmpty());
    assertThat(expressions.stream().flatMap(each -> names(each).stream()).toList())
        .isSubsetOf(known());
  }

  @Test
  void everyMetricIsDescribedWithItsLabels() throws Exception {
    String page = Files.readString(DOCS.resolve("monitoring.md"));
    for (Metric metric : Metric.values()) {
      String labels = String.join(",", metric.labels());
      assertThat(page)
          .contains("| `" + metric.text() + (labels.isEmpty() ? "" : "{" + labels + "}") + "` |");
    }
  }
}
