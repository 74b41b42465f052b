"use strict";
/* Sort and filter the table of modules. Shared with module.js and map.js: byId, make, counted,
   percent, modules, order. All text goes in as text nodes. */

const byId = (id) => document.getElementById(id);
const [PATH, TENTHS, UNITS, MISSING, TARGET, SHORT, LEVEL, BELOW, CHANGED] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const data = JSON.parse(byId("data").textContent);
const modules = data.modules;

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function percent(module) {
  return module[TENTHS] < 0 ? "-" : Math.floor(module[TENTHS] / 10) + "." + (module[TENTHS] % 10);
}

const KEYS = {
  rank: (module, index) => index,
  path: (module) => module[PATH],
  percent: (module) => module[TENTHS],
  units: (module) => module[UNITS],
  target: (module) => (module[TARGET] === "" ? -1 : Number(module[TARGET])),
  reach: (module) => module[SHORT],
  missing: (module) => module[MISSING],
};
const FALLING_FIRST = new Set(["units", "target", "reach", "missing"]);
const table = byId("modules");
const rows = [...table.tBodies[0].rows];
const searched = rows.map((row) => (row.cells[1].textContent + "\n" + row.cells[6].textContent).toLowerCase());
let order = modules.map((module, index) => index);
let found = order; // those that the filter lets through, in order
let limit = rows.filter((row) => !row.hidden).length; // more rows than these are laid out on request only

function show() {
  const shown = found.slice(0, limit);
  for (const row of rows) row.hidden = true;
  for (const index of shown) rows[index].hidden = false;
  table.tBodies[0].prepend(...shown.map((index) => rows[index]));
  const cut = shown.length < found.length ? `, the first ${shown.length} shown` : "";
  byId("count").textContent = `${found.length} of ${modules.length} modules${cut}`;
  byId("all").hidden = !cut;
}

function sortBy(column) {
  const head = table.tHead.querySelector(`[data-sort=${column}]`);
  const before = head.getAttribute("aria-sort");
  const falling = before ? before === "ascending" : FALLING_FIRST.has(column);
  for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const keys = modules.map(KEYS[column]);
  const sign = falling ? -1 : 1;
  order.sort((a, b) => (keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : a - b));
  filter();
}

function filter() {
  const words = byId("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const below = byId("below").checked;
  const changed = byId("changed").checked;
  found = order.filter((index) => (!below || modules[index][BELOW]) && (!changed || modules[index][CHANGED])
    && words.every((word) => searched[index].includes(word)));
  show();
}

for (const head of table.tHead.querySelectorAll("[data-sort]")) {
  const button = make("button", { type: "button" }, ...head.childNodes);
  if (head.dataset.sort === "rank") button.setAttribute("aria-label", "Rank");
  button.addEventListener("click", () => sortBy(head.dataset.sort));
  head.append(button);
}
byId("filter").hidden = false;
byId("filter").addEventListener("input", filter);
byId("filter").addEventListener("submit", (event) => event.preventDefault());
byId("all").addEventListener("click", () => {
  const next = found[limit];
  limit = modules.length;
  show();
  rows[next].cells[1].firstElementChild.focus();
});
filter();
