// What became of the users, in words and numbers.
function showVerdict() {
  const verdict = section("verdict");
  const total = data.total;
  const open = data.runs.some(run => run.ended === null && run.last);
  verdict.classList.toggle("bad", total.failed > 0);
  verdict.classList.toggle("open", total.failed === 0 && (open || total.undone > 0 || total.users === 0));
  verdict.append(node("h1", {}, headline(total, open)));
  const why = [];
  if (total.failed > 0) why.push(worst());
  if (total.undone > 0) why.push(users(total.undone) + " not begun, or stopped.");
  if (open) why.push("The run has not ended, or its journal was cut.");
  if (why.length) verdict.append(node("p", {class: "why"}, why.join(" ")));
  for (const run of data.runs.filter(run => !run.resumed)) {
    verdict.append(node("p", {class: "line mono"}, "doveadm " + run.line));
  }
  verdict.append(node("p", {class: "facts"}, facts(data.runs[0], total)));
  document.title = (total.failed > 0 ? number(total.failed) + " failed: " : "") + data.runs[0].command + " – doveadm report";
}

function headline(total, open) {
  if (total.failed > 0) return number(total.failed) + " of " + users(total.users) + " failed";
  if (total.users === 0) return "No user has come to an end";
  if (total.undone > 0) return number(total.users - total.undone) + " of " + users(total.users) + " are done";
  return (total.users === 1 ? "The user is done" : "All " + users(total.users) + " are done") + (open ? " so far" : "");
}

// What failed most, and where, in one sentence.
function worst() {
  if (data.failures.length === 0) return "";
  const first = data.failures[0];
  const others = data.failures.length - 1;
  return number(first.count) + " × " + first.outcome + ": " + (first.text || "(no text)") + " – " + places(first) + "."
    + (others > 0 ? " " + plural(others, "other kind") + " of failure." : "");
}

function places(failure) {
  const [index, count] = failure.servers[0];
  if (failure.servers.length === 1) return index < 0 ? "on no server" : (count > 1 ? "all on " : "on ") + server(index);
  return "on " + plural(failure.servers.length, "server") + ", most of them on " + server(index) + " (" + number(count) + ")";
}

function facts(run, total) {
  const said = [
    "by " + run.master + (run.host ? " on " + run.host : ""),
    moment(run.started),
    "took " + span(total.seconds),
    plural(data.servers.length, "server"),
    data.lanes.length > 0 ? plural(data.lanes.length, "lane") : "",
    run.placement ? "placement " + run.placement : "",
  ];
  return said.filter(each => each).join(" · ");
}

function showTiles() {
  const total = data.total;
  const tile = (value, label, bad) => node("div", {class: bad ? "tile bad" : "tile"}, node("b", {}, value), node("span", {}, label));
  const tiles = [
    tile(number(total.users), "users"),
    tile(number(total.failed), "failed", total.failed > 0),
    tile(rate(total.seconds > 0 ? total.ends / total.seconds : 0), "users a second"),
    tile(short(total.percentiles.p50), "median of a user"),
    tile(short(total.percentiles.p99), "99 % took less"),
    tile(bytes(total.bytes), "sent by workers"),
  ];
  for (const [what, count] of total.counts) tiles.push(tile(number(count), what));
  section("tiles").append(...tiles);
}

function showFailures() {
  if (data.failures.length === 0) return;
  section("failures").hidden = false;
  const rows = data.failures.map(failure => {
    const share = node("i");
    share.style.width = Math.max(1, 100 * failure.count / data.total.failed) + "%";
    return [
      node("div", {}, node("span", {class: "bad-number"}, number(failure.count)), node("div", {class: "meter"}, share)),
      badge(failure.outcome),
      node("div", {}, node("span", {class: "mono"}, failure.text || "(no text)"), node("div", {class: "examples"}, examples(failure))),
      node("div", {}, ...chips(failure)),
    ];
  });
  into("failures").append(table(["#Users", "Outcome", "What was said", "Where"], rows));
  if (data.failuresLeftOut > 0) {
    into("failures").append(node("p", {class: "note"}, users(data.failuresLeftOut) + " more failed with other texts, of which there are too many to list."));
  }
}

function examples(failure) {
  const more = failure.count - failure.users.length;
  return failure.users.join(", ") + (more > 0 ? " and " + number(more) + " more" : "");
}

function chips(failure) {
  const shown = failure.servers.slice(0, 6).map(([index, count]) => node("button", {
    class: "chip", type: "button", title: "Show these users", click: () => showOnly(failure.outcome, index),
  }, server(index) + " " + number(count)));
  const more = failure.servers.length - shown.length;
  return more > 0 ? [...shown, node("span", {class: "chip"}, "and " + plural(more, "more server"))] : shown;
}

function showServers() {
  const rows = data.servers.map((each, index) => [
    node("button", {class: "chip", type: "button", title: "Show its users", click: () => showOnly("", index)}, each.name),
    number(each.users),
    node("span", each.failed > 0 ? {class: "bad-number"} : {}, number(each.failed)),
    failedMeter(each),
    rate(each.perSecond),
    short(each.p50),
    short(each.p99),
    short(each.max),
    bytes(each.bytes),
  ]).map((row, index) => ({row, failed: data.servers[index].failed, name: data.servers[index].name}));
  rows.sort((a, b) => b.failed - a.failed || byName(a.name, b.name));
  into("servers").append(table(
    ["Server", "#Users", "#Failed", "", "#Users/s", "#Median", "#99 %", "#Slowest", "#Sent"], rows.map(each => each.row)));
  if (data.total.nowhere > 0) {
    into("servers").append(node("p", {class: "note"}, users(data.total.nowhere) + " on no server at all."));
  }
}

function failedMeter(each) {
  const part = node("i");
  part.style.width = (each.users > 0 ? 100 * each.failed / each.users : 0) + "%";
  return node("div", {class: "meter"}, part);
}

function showSlowest() {
  into("slowest").append(table(["User", "Server", "Outcome", "#Took", "#Sent"], data.slowest.map(each => [
    node("span", {class: "mono"}, each.user), server(each.server), badge(each.outcome), short(each.micros), bytes(each.bytes),
  ])));
}

function showRuns() {
  into("runs").append(table(["Run", "Begun", "By", "Program", "Took", "#Users", "#Exit code", "Journal"], data.runs.map(run => [
    run.resumed ? "resumed" : run.command,
    moment(run.started),
    run.master + (run.host ? " on " + run.host : ""),
    run.program,
    run.ended === null ? "not ended" : span((run.ended - run.started) / 1000),
    number(run.users),
    run.exitCode === null ? "" : String(run.exitCode),
    node("span", {class: "mono"}, run.journal),
  ])));
  section("footer").append(
    "Made " + moment(data.made) + " by " + data.program + ". Percentiles are exact to one part in fifty. Times are those of this browser's time zone.");
}
