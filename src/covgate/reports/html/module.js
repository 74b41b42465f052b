/* One module in a dialog: what it is held to, its functions, source around what is missing. */

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
  const said = detailsOf(index);
  byId("module-title").textContent = module[PATH];
  body.replaceChildren(
    made("p", { class: "since" }, ...summary(module, said)),
    ...(said.words ? [made("p", { class: "missing-words" }, said.words)] : []),
    ...checks(said),
    ...functions(said),
    ...source(said),
  );
  byId("module-page").scrollTop = 0;
  const shown = walk();
  const at = shown.indexOf(index);
  const pressed = document.activeElement;
  byId("earlier").disabled = at < 1;
  byId("later").disabled = at === shown.length - 1;
  if (pressed && pressed.disabled) byId(pressed.id === "later" ? "earlier" : "later").focus();
  byId("position").replaceChildren(made("span", { class: "vh" }, module[PATH] + ", "), `${at + 1} of ${shown.length}`);
  if (!dialog.open) dialog.showModal();
  setAddress(`#m${index}`);
}

function summary(module, said) {
  const parts = [];
  if (said.name) parts.push(said.name + " · ");
  parts.push(made("b", {}, percent(module) + (module[TENTHS] < 0 ? "" : " %")));
  parts.push(`, ${module[UNITS] - module[MISSING]} of ${module[UNITS]} ${data.units} covered`);
  if (said.change) parts.push(` · changed lines ${said.change[0]} %, ${said.change[1]} of ${said.change[2]} missing`);
  if (said.link) parts.push(" · ", made("a", { href: said.link, rel: "noopener noreferrer" }, "open the file"));
  return parts;
}

function tableOf(caption, heads, lines) {
  const head = made("tr", {}, ...heads.map(([words, kind]) => made("th", { scope: "col", class: kind }, words)));
  const cells = lines.map((line) => made("tr", {}, ...line.map((cell, index) =>
    made(index ? "td" : "th", index ? { class: heads[index][1] } : { scope: "row" }, cell))));
  const title = caption ? [made("caption", {}, caption)] : [];
  return made("table", { class: "small" }, ...title, made("thead", {}, head),
    made("tbody", {}, ...cells));
}

function checks(said) {
  if (!said.checks) return [];
  const lines = said.checks.map(([rule, share, target, status, short, source, reason]) =>
    [rule, share, target, reason || (status === "failed" ? `missed, ${short} needed` : status), source]);
  return [tableOf("Checks", [["Check", ""], ["Actual", "r"], ["Target", "r"], ["Result", ""], ["Set by", "setting"]], lines)];
}

function functions(said) {
  if (!said.functions) return [];
  const parts = [];
  const lines = said.functions.map(([name, line, share, units, missing, accepted, entered]) =>
    [name, String(line), share, `${missing} of ${units}` + (accepted ? `, ${accepted} accepted` : ""),
      entered ? "" : "never called"]);
  const heads = [["Function", ""], ["Line", "r"], ["Covered", "r"], ["Missing", "r"], ["", ""]];
  if (lines.length) parts.push(tableOf("Functions with something missing, the most first", heads, lines.slice(0, FIRST)));
  if (lines.length > FIRST) {
    const rest = tableOf("", heads, lines.slice(FIRST));
    parts.push(made("details", {}, made("summary", {}, `${lines.length - FIRST} more`), rest));
  }
  if (said.more) parts.push(made("p", { class: "cut" }, `and ${said.more} more with something missing`));
  const whole = said.whole === 1 ? "1 function is" : `${said.whole} functions are`;
  if (said.whole) parts.push(made("p", { class: "cut" }, `${whole} covered in full`));
  return parts;
}

function source(said) {
  if (!said.source) return [];
  const parts = [made("h3", {}, "Source around what is missing"), key()];
  for (const [first, text, marks, jumps] of said.source) {
    const lines = text.split("\n").map((line, index) => sourceLine(first + index, line, marks[index], jumps));
    parts.push(made("ol", { class: "source" }, ...lines));
  }
  if (said.cut) {
    const lines = said.cut === 1 ? "1 more line with something missing is" : `${said.cut} more lines with something missing are`;
    parts.push(made("p", { class: "cut" }, `${lines} not shown here`));
  }
  return parts;
}

function key() {
  return made("p", { class: "key" }, made("b", { class: "km" }, ">"), " never ran ", made("b", { class: "kp" }, "~"),
    " ran, but not every branch ", made("b", { class: "ka" }, "="), " accepted ", made("b", { class: "kc" }, "|"), " changed");
}

function sourceLine(number, text, mark, jumps) {
  const kind = mark.toLowerCase();
  const changed = mark === "c" || mark !== kind;
  const parts = [made("span", { class: "n" }, String(number)),
    made("span", { class: "k", "aria-hidden": "true" }, SIGNS[kind] || "")];
  if (KINDS[kind]) parts.push(made("span", { class: "vh" }, KINDS[kind] + ": "));
  parts.push(made("code", {}, text));
  if (jumps[number]) parts.push(made("em", {}, jumps[number]));
  return made("li", { class: (KINDS[kind] || "covered") + (changed ? " changed" : "") }, ...parts);
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
