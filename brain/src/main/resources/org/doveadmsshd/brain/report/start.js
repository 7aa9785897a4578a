// Light, dark, or as the system is.
const THEMES = ["auto", "light", "dark"];

function remembered() {
  try {
    return THEMES.includes(localStorage.theme) ? localStorage.theme : "auto";
  } catch (forbidden) {
    return "auto";
  }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.getElementById("theme").textContent = {auto: "◐ auto", light: "☀ light", dark: "☾ dark"}[theme];
  document.getElementById("theme").title = "Colours: " + theme;
  try {
    localStorage.theme = theme;
  } catch (forbidden) {
    // a page that may not remember anything
  }
  document.dispatchEvent(new Event("theme"));
}

document.getElementById("theme").addEventListener("click", () =>
  setTheme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("theme")));
const chosen = new URLSearchParams(location.hash.slice(1)).get("theme");
setTheme(THEMES.includes(chosen) ? chosen : remembered());
for (const show of [showVerdict, showTiles, showFailures, showServers, showSpeed, showLanes, showDurations, showSlowest, showUsers, showRuns]) show();
document.body.dataset.shown = "all";
