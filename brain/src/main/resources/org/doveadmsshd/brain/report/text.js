"use strict";
// Everything that comes from users and servers becomes text of a node, never markup.
const SVG = "http://www.w3.org/2000/svg";
const data = JSON.parse(document.getElementById("data").textContent);
const FAILED = new Set(data.outcomes.filter(each => each.failed).map(each => each.word));
const section = name => document.querySelector("#" + name);
const into = name => document.querySelector("#" + name + " > div");

function node(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function drawn(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

const number = value => Math.round(value).toLocaleString("en-US");
const plural = (count, noun) => number(count) + " " + noun + (count === 1 ? "" : "s");
const users = count => plural(count, "user");

function rate(value) {
  return value >= 10 || value === 0 ? number(value) : value.toFixed(1);
}

function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let unit = 0;
  for (; value >= 1023.95 && unit < units.length - 1; unit++) value /= 1024;
  return (unit ? value.toFixed(1) : value) + " " + units[unit];
}

function digits(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

// A time that one user took, from microseconds.
function short(micros) {
  if (micros < 1000) return Math.round(micros) + " µs";
  if (micros < 1e6) return digits(micros / 1e3) + " ms";
  return micros < 6e7 ? digits(micros / 1e6) + " s" : span(micros / 1e6);
}

// A time that a run took, from seconds.
function span(seconds) {
  if (seconds < 1) return Math.round(seconds * 1000) + " ms";
  if (seconds < 60) return (seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)) + " s";
  const whole = Math.floor(seconds);
  const two = value => String(value).padStart(2, "0");
  return whole < 3600
    ? Math.floor(whole / 60) + ":" + two(whole % 60) + " min"
    : Math.floor(whole / 3600) + ":" + two(Math.floor(whole / 60) % 60) + " h";
}

const moment = time => new Date(time).toLocaleString("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

const server = index => index < 0 ? "no server" : data.servers[index].name;
const byName = new Intl.Collator("en", {numeric: true}).compare;
const badge = word => node("span", {class: "badge " + (FAILED.has(word) ? "bad" : word === "ok" ? "good" : "")}, word);

// A table of rows of texts and nodes; columns that begin with # hold numbers.
function table(columns, rows) {
  const cell = (name, child, column) => node(name, column.startsWith("#") ? {class: "number"} : {}, child);
  return node("div", {class: "scroll"}, node("table", {},
    node("thead", {}, node("tr", {}, ...columns.map(column => cell("th", column.replace("#", ""), column)))),
    node("tbody", {}, ...rows.map(row => node("tr", {}, ...row.map((child, i) => cell("td", child, columns[i])))))));
}

// Shows a text at the pointer as long as it is over an element.
function tip(element, text) {
  const box = document.getElementById("tip");
  element.addEventListener("pointermove", event => {
    const said = text(event);
    box.hidden = !said;
    box.textContent = said || "";
    const left = Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 8);
    box.style.left = left + "px";
    box.style.top = Math.max(8, event.clientY - box.offsetHeight - 10) + "px";
  });
  element.addEventListener("pointerleave", () => { box.hidden = true; });
}
