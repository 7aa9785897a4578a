// Drawings of what happened when, and how long it took.
const WIDTH = 1130;

function chart(height, ...children) {
  return drawn("svg", {viewBox: "0 0 " + WIDTH + " " + height, role: "img"}, ...children);
}

const line = (name, x1, y1, x2, y2) => drawn("line", {class: name, x1, y1, x2, y2});
const label = (text, x, y, anchor, name) =>
  drawn("text", {x, y, "text-anchor": anchor || "start", class: name || ""}, text);

// Round numbers from 0 to the most, at most so many.
function steps(most, count) {
  const rough = Math.max(most, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(each => each * power).find(each => each >= rough);
  const all = [];
  for (let i = 0; i * step <= most; i++) all.push(i * step);
  return all;
}

// The same for seconds.
function timeSteps(most, count) {
  const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
  const step = nice.find(each => each >= most / count);
  return most < 5 || !step ? steps(most, count) : Array.from({length: Math.floor(most / step) + 1}, (_, i) => i * step);
}

const keys = (...pairs) => node("p", {class: "key"}, ...pairs.map(([colour, text]) => {
  const spot = node("i");
  spot.style.background = "var(" + colour + ")";
  return node("span", {}, spot, text);
}));

function timeAxis(left, top, bottom, width, seconds) {
  return timeSteps(seconds, 9).flatMap(each => {
    const x = left + width * each / Math.max(seconds, 1e-9);
    return [line("axis", x, top, x, bottom), label(each === 0 ? "0" : span(each), x, bottom + 16, "middle")];
  });
}

// Sums of so many neighbours.
const grouped = (values, size) =>
  Array.from({length: Math.ceil(values.length / size)}, (_, i) => values.slice(i * size, (i + 1) * size).reduce((a, b) => a + b, 0));

function showSpeed() {
  const {marks} = data.time;
  const size = data.time.ok.length > 150 ? 4 : data.time.ok.length > 60 ? 2 : 1;
  const bucketMillis = data.time.bucketMillis * size;
  const [ok, failed] = [grouped(data.time.ok, size), grouped(data.time.failed, size)];
  const seconds = Math.max(bucketMillis / 1000 * ok.length, 1e-3);
  const perSecond = ok.map((each, i) => (each + failed[i]) * 1000 / bucketMillis);
  const most = Math.max(...perSecond, 1e-9);
  const [left, top, height] = [52, 14, 200];
  const bottom = top + height;
  const width = WIDTH - left - 8;
  const x = i => left + width * i / ok.length;
  const y = value => bottom - height * value / most;
  const area = (values, from) => "M" + x(0) + " " + bottom + values.map((value, i) =>
    "L" + x(i) + " " + y(value) + "L" + x(i + 1) + " " + y(value)).join("") + "L" + x(ok.length) + " " + bottom + "Z";
  const drawing = chart(bottom + 26,
    ...steps(most, 4).flatMap(each => [line("axis", left, y(each), WIDTH - 8, y(each)), label(rate(each), left - 8, y(each) + 4, "end")]),
    ...timeAxis(left, bottom, bottom + 4, width, seconds),
    drawn("path", {class: "ok-area", d: area(perSecond)}),
    drawn("path", {class: "bad-area", d: area(failed.map(each => each * 1000 / bucketMillis))}),
    ...marks.flatMap(mark => {
      const at = left + width * mark.at / 1000 / seconds;
      return [line("mark", at, top, at, bottom), label(mark.text, at + 4, top + 10)];
    }));
  tip(drawing, event => {
    const box = drawing.getBoundingClientRect();
    const i = Math.floor(((event.clientX - box.left) * WIDTH / box.width - left) / width * ok.length);
    return i < 0 || i >= ok.length ? "" : "after " + span(i * bucketMillis / 1000) + "\n" + rate(perSecond[i]) + " users/s"
      + (failed[i] ? "\n" + number(failed[i]) + " failed" : "");
  });
  into("speed").append(keys(["--accent", "ended"], ["--bad", "of these failed"]), drawing);
}

function showLanes() {
  if (data.lanes.length === 0) return;
  section("lanes").hidden = false;
  data.lanes.sort((a, b) => byName(server(a.server), server(b.server)) || a.lane - b.lane);
  const canvas = node("canvas");
  const height = data.lanes.length > 120 ? 4 : data.lanes.length > 40 ? 8 : 14;
  const rows = laneRows(height);
  const total = rows.reduce((sum, row) => sum + row.height, 0) + 22;
  const draw = () => drawLanes(canvas, rows, total);
  into("lanes").append(
    keys(["--accent", "works on a user"], ["--bad", "a user has failed"]), node("div", {class: "lane-box"}, canvas));
  if (data.lanesLeftOut > 0) {
    into("lanes").append(node("p", {class: "note"}, plural(data.lanesLeftOut, "more lane") + " there is no room for."));
  }
  draw();
  new ResizeObserver(draw).observe(canvas.parentElement);
  document.addEventListener("theme", draw);
  tip(canvas, event => laneTip(canvas, rows, event));
}

function laneRows(height) {
  const rows = [];
  data.lanes.forEach((lane, i) => {
    const first = i === 0 || data.lanes[i - 1].server !== lane.server;
    if (first && i > 0) rows.push({height: 6});
    rows.push({lane, height, name: first ? server(lane.server) : ""});
  });
  return rows;
}

const NAMES = 130;

function drawLanes(canvas, rows, height) {
  const width = canvas.parentElement.clientWidth;
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.height = height + "px";
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim();
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.font = "12px " + getComputedStyle(document.body).fontFamily;
  const buckets = data.time.ok.length;
  const step = (width - NAMES) / buckets;
  let y = 0;
  for (const row of rows) {
    if (row.lane) {
      pen.globalAlpha = 1;
      pen.fillStyle = colour("--soft");
      pen.fillRect(NAMES, y, width - NAMES, row.height - 1);
      drawLane(pen, row, y, step, colour);
      if (row.name) {
        pen.globalAlpha = 1;
        pen.fillStyle = colour("--text");
        pen.fillText(row.name.length > 19 ? row.name.slice(0, 18) + "…" : row.name, 0, y + Math.max(row.height - 3, 9));
      }
    }
    y += row.height;
  }
  pen.globalAlpha = 1;
  pen.fillStyle = colour("--quiet");
  pen.textAlign = "center";
  const seconds = buckets * data.time.bucketMillis / 1000;
  for (const each of timeSteps(seconds, 8)) {
    const x = NAMES + (width - NAMES) * each / seconds;
    pen.fillText(each === 0 ? "0" : span(each), Math.min(x, width - 20), y + 16);
  }
}

function drawLane(pen, row, y, step, colour) {
  pen.fillStyle = colour("--accent");
  row.lane.busy.forEach((percent, i) => {
    if (percent > 0) {
      pen.globalAlpha = .15 + .85 * percent / 100;
      pen.fillRect(NAMES + i * step, y, step + .4, row.height - 1);
    }
  });
  pen.globalAlpha = 1;
  pen.fillStyle = colour("--bad");
  for (const i of row.lane.failed) pen.fillRect(NAMES + i * step, y, Math.max(step, 1.5), row.height - 1);
}

function laneTip(canvas, rows, event) {
  const box = canvas.getBoundingClientRect();
  let y = event.clientY - box.top;
  const row = rows.find(each => (y -= each.height) < 0);
  const buckets = data.time.ok.length;
  const i = Math.floor((event.clientX - box.left - NAMES) / (box.width - NAMES) * buckets);
  if (!row || !row.lane || i < 0 || i >= buckets) return "";
  return server(row.lane.server) + ", lane " + row.lane.lane + "\nafter " + span(i * data.time.bucketMillis / 1000)
    + "\n" + (row.lane.busy[i] || 0) + " % busy" + (row.lane.failed.includes(i) ? "\na user has failed" : "");
}

function showDurations() {
  const {first, perOctave, ok, failed} = data.durations;
  const percentiles = Object.entries(data.total.percentiles);
  const list = node("ul", {class: "percentiles"}, ...percentiles.map(([name, micros]) =>
    node("li", {}, node("span", {}, name === "max" ? "slowest" : name.slice(1) + " %"), short(micros))));
  if (ok.length === 0) {
    into("durations").append(node("p", {class: "note"}, "No worker has worked on a user."));
    return;
  }
  const all = ok.map((each, i) => each + failed[i]);
  const most = Math.max(...all);
  const [left, top, height] = [52, 26, 180];
  const bottom = top + height;
  const width = WIDTH - left - 8;
  const octave = micros => (Math.log2(Math.max(micros, 1)) * perOctave - first) / all.length;
  const x = i => left + width * i / all.length;
  const y = value => value === 0 ? bottom : Math.min(bottom - 1.5, bottom - height * value / most);
  const bars = (values, name) => values.map((value, i) => value === 0 ? null : drawn("rect", {
    class: name, x: x(i) + .5, width: Math.max(width / all.length - 1, .5), y: y(value), height: bottom - y(value),
  }));
  const drawing = chart(bottom + 26,
    ...steps(most, 5).flatMap(each => [line("axis", left, y(each), WIDTH - 8, y(each)), label(number(each), left - 8, y(each) + 4, "end")]),
    ...bars(all, "ok-area"), ...bars(failed, "bad-area"), ...decades(octave, left, width, bottom),
    ...percentileMarks(percentiles, octave, left, width, top, bottom));
  tip(drawing, event => {
    const box = drawing.getBoundingClientRect();
    const i = Math.floor(((event.clientX - box.left) * WIDTH / box.width - left) / width * all.length);
    const from = 2 ** ((i + first) / perOctave);
    return i < 0 || i >= all.length ? "" : short(from) + " to " + short(from * 2 ** (1 / perOctave)) + "\n" + users(all[i])
      + (failed[i] ? "\n" + number(failed[i]) + " failed" : "");
  });
  into("durations").append(keys(["--accent", "users"], ["--bad", "of these failed"]), drawing, list);
}

function decades(place, left, width, bottom) {
  const marks = [];
  for (let micros = 1; micros < 1e15; micros *= 10) {
    const at = place(micros);
    if (at >= 0 && at <= 1) {
      marks.push(line("axis", left + width * at, bottom, left + width * at, bottom + 4), label(short(micros).replace(/\.0+/, ""), left + width * at, bottom + 18, "middle"));
    }
  }
  return marks;
}

function percentileMarks(percentiles, place, left, width, top, bottom) {
  let before = -100;
  return percentiles.filter(([name]) => name !== "max").flatMap(([name, micros]) => {
    const x = left + width * Math.min(1, Math.max(0, place(micros)));
    const room = x - before > 44;
    before = room ? x : before;
    return [line("percentile", x, top - 6, x, bottom), room ? label(name.slice(1) + " %", x, top - 12, "middle", "percentile-text") : null];
  });
}
