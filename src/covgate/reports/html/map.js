/* Draw the map: each folder and module of one folder is a tile and a button. What is in a folder is drawn on its tile. */

const SCALE = 10000;
const HEADER = 20;
const SMALLEST = 7; // pixels: below it a folder within a folder is one area
const tiles = byId("tiles");
let path = [data.map];
let colour = 0; // which of the choices the tiles show

function levelOf(child) {
  return (isFolder(child) ? child.levels : modules[child][LEVEL])[colour];
}

function isFolder(child) {
  return typeof child === "object";
}

function fileName(index) {
  const whole = modules[index][PATH];
  return whole.slice(whole.lastIndexOf("/") + 1);
}

function place(element, boxes, index) {
  const names = ["left", "top", "width", "height"];
  names.forEach((name, at) => { element.style[name] = boxes[4 * index + at] / SCALE * 100 + "%"; });
}

/* What a colour tells besides the target, which the words of a tile have. */
function describeColour(child) {
  return colour ? `, ${document.querySelectorAll("#colours label")[colour].textContent.trim()}: ${data.colours[colour][levelOf(child)]}` : "";
}

function describe(child) {
  if (isFolder(child)) {
    const reach = child.short > 0 ? `, ${child.short} needed` : "";
    const held = counted(child.count, "module");
    return `folder ${child.name}, ${held}, ${child.percent} %, ${child.units} ${data.units}${reach}`;
  }
  const module = modules[child];
  const target = module[TARGET] === "" ? "" : `, ${data.aim} ${module[TARGET]}, ` + (module[SHORT] ? `${module[SHORT]} needed` : "reached");
  return `${fileName(child)}, ${percent(module)} %, ${module[UNITS]} ${data.units}${target}`;
}

function inside(folder, width, height) {
  const areas = folder.children.map((child, index) => {
    const wide = folder.boxes[4 * index + 2] / SCALE * width;
    const high = folder.boxes[4 * index + 3] / SCALE * height;
    const area = make("div", {});
    if (isFolder(child) && Math.min(wide, high) > SMALLEST) {
      area.className = "area";
      area.append(...inside(child, wide, high));
    } else {
      area.className = `area leaf l${levelOf(child)}`;
    }
    place(area, folder.boxes, index);
    return area;
  });
  return areas;
}

function tile(folder, child, index, width, height) {
  const wide = folder.boxes[4 * index + 2] / SCALE * width;
  const high = folder.boxes[4 * index + 3] / SCALE * height;
  const words = describe(child) + describeColour(child);
  const button = make("button", { type: "button", "aria-label": words, title: words });
  place(button, folder.boxes, index);
  const share = isFolder(child) ? child.percent : percent(modules[child]);
  const name = isFolder(child) ? child.name : fileName(child);
  const label = make("span", { class: "label" });
  const narrow = 14 + 8 * share.length;
  if (wide > 40 && high > 18) label.append(make("span", { class: "name" }, name));
  if (wide > (isFolder(child) ? 2 * narrow : narrow) && high > (isFolder(child) ? 18 : 34)) label.append(make("span", { class: "part" }, share));
  if (isFolder(child)) {
    button.className = `tile folder l${levelOf(child)}`;
    const within = make("span", { class: "within" }, ...inside(child, wide, high - HEADER));
    button.append(...(high > 2 * HEADER && wide > 40 ? [label, within] : [label]));
    if (high > 2 * HEADER && wide > 40) button.classList.add("filled");
    button.addEventListener("click", () => go([...path, child]));
  } else {
    button.className = `tile leaf l${levelOf(child)}`;
    button.append(label);
    button.addEventListener("click", () => openModule(child));
  }
  return button;
}

function draw() {
  const folder = path[path.length - 1];
  const { width, height } = tiles.getBoundingClientRect();
  tiles.replaceChildren(...folder.children.map((child, index) => tile(folder, child, index, width, height)));
  byId("crumbs").replaceChildren(...path.map((one, depth) => {
    const name = one.name || "project";
    if (depth === path.length - 1) return make("li", {}, make("b", { "aria-current": "location" }, name));
    const button = make("button", { type: "button" }, name);
    button.addEventListener("click", () => go(path.slice(0, depth + 1)));
    return make("li", {}, button);
  }));
}

function go(to) {
  const left = path[to.length]; // where we were, when going up
  path = to;
  draw();
  const folder = path[path.length - 1];
  const back = left ? folder.children.indexOf(left) : 0;
  const next = tiles.children[Math.max(0, back)];
  if (next) next.focus();
  byId("map-said").textContent = `${folder.name || "project"}: ${counted(folder.children.length, "tile")}, ${folder.percent} % covered`;
}

for (const choice of document.querySelectorAll("#colours input")) {
  choice.addEventListener("change", () => {
    colour = Number(choice.value);
    document.querySelectorAll("#map .colour").forEach((block, at) => { block.hidden = at !== colour; });
    draw();
  });
}

if (data.map.units) {
  byId("map").hidden = false;
  let drawn = 0;
  new ResizeObserver(() => {
    const width = Math.round(tiles.getBoundingClientRect().width);
    if (width === drawn) return;
    drawn = width;
    const at = [...tiles.children].indexOf(document.activeElement);
    draw();
    if (at >= 0) tiles.children[at].focus();
  }).observe(tiles);
}
