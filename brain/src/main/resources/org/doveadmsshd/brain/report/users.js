// The table of users. Only rows that can be seen are in the document.
const ROW = 28;
const rows = data.rows;
const names = rows.user.map(each => each.toLowerCase());
const view = {order: [], sort: "", down: false, element: null, body: null};

const COLUMNS = [
  ["User", "user", i => rows.user[i]],
  ["Server", "server", i => server(rows.server[i])],
  ["Outcome", "outcome", i => data.outcomes[rows.outcome[i]].word],
  ["#Took", "micros", i => rows.micros[i] < 0 ? "" : short(rows.micros[i])],
  ["#Sent", "bytes", i => bytes(rows.bytes[i])],
  ["#Attempts", "attempts", i => String(rows.attempts[i])],
  ["What was said", "text", i => data.texts[rows.text[i]]],
];

function showUsers() {
  const search = node("input", {type: "search", placeholder: "Search users and texts", "aria-label": "Search users and texts", id: "search", input: filter});
  const outcome = node("select", {"aria-label": "Outcome", id: "outcome", change: filter}, node("option", {value: ""}, "all outcomes"),
    node("option", {value: "!"}, "failed"), ...data.outcomes.filter(each => each.users > 0)
      .map(each => node("option", {value: each.word}, each.word + " (" + number(each.users) + ")")));
  const place = node("select", {"aria-label": "Server", id: "place", change: filter}, node("option", {value: ""}, "all servers"),
    ...data.servers.map((each, i) => node("option", {value: String(i)}, each.name)));
  view.body = node("div", {role: "rowgroup"});
  view.element = node("div", {class: "grid-scroll", tabindex: "0", "aria-label": "Users", scroll: () => requestAnimationFrame(draw)}, view.body);
  into("users").append(
    node("div", {class: "tools"}, search, outcome, place, node("output", {id: "found"})),
    node("div", {class: "grid", role: "table", "aria-label": "Users", "aria-rowcount": String(rows.user.length)}, head(), view.element));
  if (rows.user.length < data.total.users) {
    into("users").append(node("p", {class: "note"}, held()));
  }
  const wanted = new URLSearchParams(location.hash.slice(1));
  search.value = wanted.get("search") || "";
  outcome.value = wanted.get("outcome") || "";
  place.value = wanted.get("server") ? String(data.servers.findIndex(each => each.name === wanted.get("server"))) : "";
  filter();
}

function held() {
  const failed = rows.failed < data.total.failed
    ? "a random sample of those that failed (" + number(rows.failed) + " of " + number(data.total.failed) + ")"
    : "all that failed (" + number(rows.failed) + ")";
  const others = rows.user.length - rows.failed;
  return "This page holds " + number(rows.user.length) + " of " + users(data.total.users) + ": " + failed
    + (others > 0 ? ", and a random sample of the others." : ".") + " report --csv has all of them.";
}

function head() {
  const cells = COLUMNS.map(([title, key]) => node("div", title.startsWith("#") ? {class: "number", role: "columnheader"} : {role: "columnheader"},
    node("button", {type: "button", click: () => sort(key)}, title.replace("#", ""))));
  return node("div", {class: "grid-head", id: "grid-head"}, node("div", {class: "row", role: "row"}, ...cells));
}

// Sorts by a column, the other way round the second time, and as in the list the third time.
function sort(key) {
  if (view.sort !== key) [view.sort, view.down] = [key, ["micros", "bytes", "attempts"].includes(key)];
  else if (view.down === ["micros", "bytes", "attempts"].includes(key)) view.down = !view.down;
  else view.sort = "";
  filter();
}

function filter() {
  const text = document.getElementById("search").value.toLowerCase();
  const outcome = document.getElementById("outcome").value;
  const place = document.getElementById("place").value;
  const texts = data.texts.map(each => text !== "" && each.toLowerCase().includes(text));
  const wanted = data.outcomes.map(each => outcome === "" || (outcome === "!" ? each.failed : each.word === outcome));
  view.order = [];
  for (let i = 0; i < names.length; i++) {
    if (wanted[rows.outcome[i]] && (place === "" || rows.server[i] === Number(place))
        && (text === "" || names[i].includes(text) || texts[rows.text[i]])) view.order.push(i);
  }
  if (view.sort) order();
  document.getElementById("found").textContent = view.order.length === names.length
    ? users(names.length) : number(view.order.length) + " of " + users(names.length);
  view.element.scrollTop = 0;
  draw();
}

function order() {
  const column = COLUMNS.find(([, key]) => key === view.sort);
  const numeric = column[0].startsWith("#");
  const values = numeric ? rows[view.sort] : view.order.reduce((all, i) => { all[i] = column[2](i).toLowerCase(); return all; }, []);
  const sign = view.down ? -1 : 1;
  view.order.sort((a, b) => sign * (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0));
}

// Makes the rows that can be seen, and a few around them.
function draw() {
  const first = Math.max(0, Math.floor(view.element.scrollTop / ROW) - 8);
  const last = Math.min(view.order.length, first + Math.ceil(view.element.clientHeight / ROW) + 16);
  view.body.style.height = view.order.length * ROW + "px";
  document.querySelector("#grid-head .row").style.transform = "translateX(" + -view.element.scrollLeft + "px)";
  const shown = [];
  for (let at = first; at < last; at++) shown.push(userRow(view.order[at], at));
  view.body.replaceChildren(...shown, ...(view.order.length === 0 ? [node("p", {class: "empty"}, "No user matches.")] : []));
}

function userRow(i, at) {
  const outcome = data.outcomes[rows.outcome[i]];
  const row = node("div", {class: outcome.failed ? "row failed" : "row", role: "row", "aria-rowindex": String(at + 1)},
    ...COLUMNS.map(([title, key, text]) => {
      const value = text(i);
      return node("div", {class: title.startsWith("#") ? "number" : key === "user" || key === "text" ? "mono" : key, role: "cell", title: value}, value);
    }));
  row.style.top = at * ROW + "px";
  return row;
}

function showOnly(outcome, index) {
  document.getElementById("search").value = "";
  document.getElementById("outcome").value = outcome;
  document.getElementById("place").value = index < 0 ? "" : String(index);
  filter();
  section("users").scrollIntoView({behavior: "smooth"});
}
