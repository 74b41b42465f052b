/* Show one module in a dialog: its checks, its functions, and the source around what is missing. */

const dialog = byId("module");
const body = byId("module-body");
const SIGNS = { m: ">", p: "~", a: "=" };
const KINDS = { m: "missing", p: "partial", a: "accepted" };
const FIRST = 12; // functions shown at once
let details = null; // read when the first module is opened: it is most of the page
let open = -1;

function detailsOf(index) {
  if (details === null) details = JSON.parse(byId("details").textContent);
  return details[index];
}

function openModule(index) {
  open = index;
  const module = modules[index];
  const detail = detailsOf(index);
  byId("module-title").textContent = module[PATH];
  body.replaceChildren(
    make("p", { class: "since" }, ...summary(module, detail)),
    ...(detail.words ? [make("p", { class: "missing-words" }, detail.words)] : []),
    ...checks(detail),
    ...functions(detail),
    ...source(detail),
  );
  byId("module-page").scrollTop = 0;
  const shown = walk();
  const at = shown.indexOf(index);
  const pressed = document.activeElement;
  byId("earlier").disabled = at < 1;
  byId("later").disabled = at === shown.length - 1;
  if (pressed && pressed.disabled) byId(pressed.id === "later" ? "earlier" : "later").focus();
  byId("position").replaceChildren(make("span", { class: "vh" }, module[PATH] + ", "), `${at + 1} of ${shown.length}`);
  if (!dialog.open) dialog.showModal();
  setAddress(`#m${index}`);
}

function summary(module, detail) {
  const parts = [];
  if (detail.name) parts.push(detail.name + " · ");
  parts.push(make("b", {}, percent(module) + (module[TENTHS] < 0 ? "" : " %")));
  parts.push(`, ${module[UNITS] - module[MISSING]} of ${module[UNITS]} ${data.units} covered`);
  if (detail.change) parts.push(` · changed lines: ${detail.change[0]} %, ${detail.change[1]} of ${detail.change[2]} ${data.units} missing`);
  if (detail.link) parts.push(" · ", make("a", { href: detail.link, rel: "noopener noreferrer" }, "open the file"));
  return parts;
}

function tableOf(caption, heads, lines) {
  const head = make("tr", {}, ...heads.map(([words, kind]) => make("th", { scope: "col", class: kind }, words)));
  const cells = lines.map((line) => make("tr", {}, ...line.map((cell, index) =>
    make(index ? "td" : "th", index ? { class: heads[index][1] } : { scope: "row" }, cell))));
  const title = caption ? [make("caption", {}, caption)] : [];
  return make("table", { class: "small" }, ...title, make("thead", {}, head),
    make("tbody", {}, ...cells));
}

function checks(detail) {
  if (!detail.checks) return [];
  const heads = [["Check", ""], ["Actual", "r"], ["Target", "r"], ["Result", ""], ["Set by", "setting"]];
  return [tableOf("Checks", heads, detail.checks)];
}

function functions(detail) {
  if (!detail.functions) return [];
  const parts = [];
  const lines = detail.functions.map(([name, line, share, units, missing, accepted, entered]) =>
    [name, String(line), `${share} %`, `${missing} of ${units}` + (accepted ? `, ${accepted} accepted` : ""),
      entered ? "yes" : "never"]);
  const heads = [["Function", ""], ["Line", "r"], ["Covered", "r"], ["Missing", "r"], ["Called", ""]];
  if (lines.length) parts.push(tableOf(`Functions with missing ${data.units}, the most first`, heads, lines.slice(0, FIRST)));
  if (lines.length > FIRST) {
    const rest = tableOf("", heads, lines.slice(FIRST));
    parts.push(make("details", {}, make("summary", {}, counted(lines.length - FIRST, "more function")), rest));
  }
  if (detail.more) parts.push(make("p", { class: "cut" }, `and ${counted(detail.more, "more function")}, not on this page`));
  if (detail.whole) parts.push(make("p", { class: "cut" }, `${counted(detail.whole, "function")} covered in full`));
  return parts;
}

function source(detail) {
  if (!detail.source) return [];
  const parts = [make("h3", {}, "Source around what is missing"), key()];
  for (const [first, text, marks, jumps] of detail.source) {
    const lines = text.split("\n").map((line, index) => sourceLine(first + index, line, marks[index], jumps));
    parts.push(make("ol", { class: "source" }, ...lines));
  }
  if (detail.cut) {
    parts.push(make("p", { class: "cut" }, `and ${counted(detail.cut, "more marked line")}, not on this page`));
  }
  return parts;
}

function key() {
  return make("p", { class: "key" }, make("b", { class: "km" }, ">"), " never ran ", make("b", { class: "kp" }, "~"),
    " ran, but not every branch ", make("b", { class: "ka" }, "="), " accepted ", make("b", { class: "kc" }, "|"), " changed");
}

function sourceLine(number, text, mark, jumps) {
  const kind = mark.toLowerCase();
  const changed = mark === "c" || mark !== kind;
  const parts = [make("span", { class: "n" }, String(number)),
    make("span", { class: "k", "aria-hidden": "true" }, SIGNS[kind] || "")];
  if (KINDS[kind]) parts.push(make("span", { class: "vh" }, KINDS[kind] + ": "));
  parts.push(make("code", {}, text));
  if (jumps[number]) parts.push(make("em", {}, jumps[number]));
  return make("li", { class: (KINDS[kind] || "covered") + (changed ? " changed" : "") }, ...parts);
}

function walk() {
  return found.includes(open) ? found : [open];
}

function step(by) {
  const shown = walk();
  openModule(shown[shown.indexOf(open) + by]);
}

function setAddress(hash) {
  history.replaceState(null, "", hash || location.pathname + location.search);
}

function openFromAddress() {
  const found = /^#m(\d+)$/.exec(location.hash);
  if (found && Number(found[1]) < modules.length) openModule(Number(found[1]));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#m']");
  const found = link && /^#m(\d+)$/.exec(link.getAttribute("href"));
  if (!found || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openModule(Number(found[1]));
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => setAddress(""));
byId("close").addEventListener("click", () => dialog.close());
byId("earlier").addEventListener("click", () => step(-1));
byId("later").addEventListener("click", () => step(1));
window.addEventListener("hashchange", openFromAddress);
openFromAddress();
