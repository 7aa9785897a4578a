package org.doveadmsshd.brain.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.Sha256;

/**
 * A report as a page: its parts are resources, put together here. The page's own policy lets no
 * script run but the one that is part of it, and nothing be fetched.
 */
final class ReportPage {
  /** More users would make a page that browsers are slow with. */
  static final int MOST_ROWS = 100_000;

  private static final List<String> SCRIPTS =
      List.of("text.js", "summary.js", "charts.js", "users.js", "start.js");

  private ReportPage() {}

  static void write(ReportSource source, ReportForm.About about, OutputStream out)
      throws Failure, IOException {
    Report report = new Report(MOST_ROWS);
    source.read(report, end -> {});
    String style = resource("page.css");
    StringBuilder script = new StringBuilder();
    SCRIPTS.forEach(name -> script.append(resource(name)));
    String[] parts =
        resource("page.html")
            .replace("{{policy}}", policy(style, script.toString()))
            .replace("{{style}}", style)
            .replace("{{script}}", script)
            .split("\\{\\{data}}", 2);
    out.write(parts[0].getBytes(StandardCharsets.UTF_8));
    try (JsonGenerator json = generator(out)) {
      json.writeStartObject();
      ReportJson data = new ReportJson(json, report, Printable::line);
      data.numbers(about.program(), about.made());
      data.rows();
      json.writeEndObject();
    }
    out.write(parts[1].getBytes(StandardCharsets.UTF_8));
  }

  private static String policy(String style, String script) {
    return "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src '%s'; script-src '%s'"
        .formatted(hash(style), hash(script));
  }

  private static String hash(String text) {
    byte[] hash = Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(hash);
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name + " is part of the program", e);
    }
  }

  /** Writes ASCII, in which nothing can end the element that it stands in. */
  private static JsonGenerator generator(OutputStream out) throws IOException {
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
    json.enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());
    json.setCharacterEscapes(new Markup());
    return json;
  }

  /** Characters that mean something to HTML are escaped. */
  private static final class Markup extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    private final int[] escapes = standardAsciiEscapesForJSON();

    Markup() {
      for (char c : "<>&'".toCharArray()) {
        escapes[c] = ESCAPE_STANDARD;
      }
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return escapes;
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return null; // no others
    }
  }
}
