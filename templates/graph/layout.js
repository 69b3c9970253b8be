/* The places of the cards and the lines between them: few cards in a ring, many in columns. */

const lines = document.getElementById("lines");
const WHEEL_LOCATIONS = 60;
const NAMED = 13; /* up to so many locations, the map has their names */
const NUMBERED = [0.42, 0.58, 0.35, 0.65, 0.5]; /* where on a line its number can be: not in the middle, where lines cross */
const PAPER_WIDTH = 700;
const RING_WIDTH = 640;
const RING_CARDS = 13;
const RING_CHIPS = 100;
const GAP = 44;
const TUCKED = 0.4; /* how far a card in the middle extends between the cards at the sides */
const WIDEST = 1200;
const NEAREST = 24;
const ELLIPSE_STEP = 30;
const HIGHEST = 1.3; /* how much higher than wide an ellipse can be */

function arrange() {
  const seen = [...cards.values()].filter((one) => !one.hidden);
  const width = mesh.clientWidth;
  const small = seen.length <= RING_CARDS && nodes.length + peers.length <= RING_CHIPS;
  let ring = small && width >= RING_WIDTH && seen.length > 1;
  mesh.classList.toggle("ring", ring);
  mesh.style.setProperty("--paper", PAPER_WIDTH / width);
  ring = ring && ([usualAbove(seen), 1, 2, 3].some((above) => placeInRows(seen, width, above)) || placeOnEllipse(seen, width));
  mesh.classList.toggle("ring", ring);
  document.getElementById("wheel").toggleAttribute("hidden", ring || locations.length > WHEEL_LOCATIONS);
  if (!ring) placeInColumns(seen, width);
  draw();
}

/* Put each card into the shortest column. CSS columns are ten times slower. */
function placeInColumns(seen, width) {
  const [least, gap] = mesh.classList.contains("sparse") ? [175, 10] : [280, 18];
  const count = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const each = Math.floor((width - gap * (count - 1)) / count);
  for (const one of seen) one.style.width = `${each}px`;
  const heights = seen.map((one) => one.offsetHeight);
  const ends = Array(count).fill(0);
  seen.forEach((one, n) => {
    const column = ends.indexOf(Math.min(...ends));
    putAt(one, column * (each + gap), ends[column]);
    ends[column] += heights[n] + gap;
  });
  mesh.style.height = `${Math.max(...ends)}px`;
}

function putAt(one, left, top) {
  one.style.left = `${Math.round(left)}px`;
  one.style.top = `${Math.round(top)}px`;
}

/* Put the cards around an empty middle for the tunnels: a row on top, pairs at the sides, a row below.
   Return whether no line runs behind a card. */
function placeInRows(seen, width, most) {
  for (const one of seen) one.style.width = "";
  const wide = Math.min(width, WIDEST);
  const widest = Math.max(...seen.map((one) => one.offsetWidth));
  const isRoomy = wide >= 3 * widest + 2 * GAP;
  let top = 0;
  let above = { row: [], height: 0, isSides: false };
  for (const { row, isSides } of rowsOf(seen, Math.min(most, Math.floor((wide + GAP) / (widest + GAP))))) {
    const height = Math.max(...row.map((one) => one.offsetHeight));
    const isBesideOne = isSides !== above.isSides && (isSides ? above.row : row).length === 1;
    if (isRoomy && isBesideOne) top -= Math.min(height, above.height) * TUCKED;
    row.forEach((one, n) => {
      const middle = isSides ? (n ? wide - widest / 2 : widest / 2) : ((n + 0.5) * wide) / row.length;
      putAt(one, (width - wide) / 2 + middle - one.offsetWidth / 2, top + (height - one.offsetHeight) / 2);
    });
    top += height + GAP;
    above = { row, height, isSides };
  }
  mesh.style.height = `${top - GAP}px`;
  return !meshLines().some((one) => isCovered(one, seen));
}

/* Put the cards on the lowest ellipse on which no line runs behind a card, the last one at the bottom.
   Return whether there is one that is not much higher than wide. */
function placeOnEllipse(seen, width) {
  for (const one of seen) one.style.width = "";
  const wide = Math.min(width, WIDEST);
  const sizes = seen.map((one) => ({ width: one.offsetWidth, height: one.offsetHeight }));
  const across = (wide - Math.max(...sizes.map((size) => size.width))) / 2;
  const angles = seen.map((_, n) => (2 * Math.PI * (n + 1)) / seen.length + Math.PI / 2);
  for (let down = ELLIPSE_STEP; down < wide; down += ELLIPSE_STEP) {
    const middles = angles.map((angle) => ({ x: across * Math.cos(angle), y: down * Math.sin(angle) }));
    const top = Math.min(...middles.map(({ y }, n) => y - sizes[n].height / 2));
    const height = Math.max(...middles.map(({ y }, n) => y + sizes[n].height / 2)) - top;
    if (height > HIGHEST * wide) return false;
    if (areTooClose(middles, sizes)) continue;
    seen.forEach((one, n) => putAt(one, width / 2 + middles[n].x - sizes[n].width / 2, middles[n].y - sizes[n].height / 2 - top));
    mesh.style.height = `${height}px`;
    if (!meshLines().some((one) => isCovered(one, seen))) return true;
  }
  return false;
}

function areTooClose(middles, sizes) {
  const isFar = (one, other, side, length) => Math.abs(middles[one][side] - middles[other][side]) >= (sizes[one][length] + sizes[other][length]) / 2 + NEAREST;
  return middles.some((_, one) => middles.some((_, other) => other < one && !isFar(one, other, "x", "width") && !isFar(one, other, "y", "height")));
}

function usualAbove(seen) {
  return seen.length === 4 ? 1 : Math.ceil((seen.length * 3) / 8);
}

function rowsOf(seen, most) {
  const above = Math.max(1, most);
  const sides = Math.max(0, Math.ceil((seen.length - 2 * above) / 2));
  const rows = [{ row: seen.slice(0, above), isSides: false }];
  for (let n = 0; n < sides; n++) rows.push({ row: seen.slice(above + 2 * n, above + 2 * n + 2), isSides: true });
  rows.push({ row: seen.slice(above + 2 * sides), isSides: false });
  return rows.filter(({ row }) => row.length);
}

/* If the cards are in a ring, draw the tunnels between locations, and in front of them those of the selected object. */
function draw() {
  lines.replaceChildren();
  lines.setAttribute("width", mesh.clientWidth);
  lines.setAttribute("height", mesh.scrollHeight);
  if (!mesh.classList.contains("ring")) return;
  drawMesh();
  const chosen = chips.get(state.chosen);
  if (!chosen || !isSeen(chosen)) return;
  for (const other of tunnelsOf(objects.get(state.chosen))) {
    const end = chips.get(other.id);
    if (isSeen(end)) line(chosen, end, "chosen");
  }
}

function drawMesh() {
  const all = meshLines();
  for (const { from, to, kind } of all) line(from.end, to.end, kind);
  for (const { from, to, kind } of all) if (kind === "tunnel") lines.append(...marksOf(from, to));
}

/* Return the marks on the visible part of a line: an arrow from an end behind NAT, and the number of several tunnels. */
function marksOf(from, to) {
  const [start, end, frame] = [centre(from.end), centre(to.end), mesh.getBoundingClientRect()];
  const low = through(start, end, from.card.getBoundingClientRect(), frame)[1];
  const high = through(start, end, to.card.getBoundingClientRect(), frame)[0];
  const arrows = [[from, start, end, high], [to, end, start, 1 - low]].filter(([one]) => isBehindNat(one.location));
  const [ends, others] = [from, to].map((one) => leadersIn.get(one.location.id).length);
  const places = NUMBERED.map((part) => on(start, end, low + (high - low) * part));
  const place = places.find((one) => !isUnderCard(one, frame)) ?? places[0];
  const number = drawn("text", { class: "number", x: place.x, y: place.y });
  number.textContent = timesOf(ends, others);
  return [...arrows.map(([, tail, tip, part]) => arrow(tail, on(tail, tip, part))), ...(ends * others > 1 ? [number] : [])];
}

function isUnderCard({ x, y }, frame) {
  return [...cards.values()].some((card) => {
    const box = card.getBoundingClientRect();
    return box.right - frame.left > x - 28 && box.left - frame.left < x + 28 && box.bottom - frame.top > y - 10 && box.top - frame.top < y + 10;
  });
}

function on(start, end, part) {
  return { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part };
}

/* Return an arrowhead with its tip at the end of a line. */
function arrow(start, tip) {
  const turn = (Math.atan2(tip.y - start.y, tip.x - start.x) * 180) / Math.PI;
  return drawn("path", { class: "arrow", d: "M0 0-10-4.5v9z", transform: `translate(${tip.x.toFixed(1)} ${tip.y.toFixed(1)}) rotate(${turn.toFixed(1)})` });
}

/* Return the lines between locations, and those to the peers; each end has a card. */
function meshLines() {
  const ends = connected().map((one) => ({ end: anchor(one), card: cards.get(one.id), location: one })).filter(({ end }) => isSeen(end));
  const found = ends.flatMap((from, n) => ends.slice(n + 1).map((to) => ({ from, to, kind: "tunnel" })));
  const outside = cards.get(PEERS);
  if (!readyPeers.length || !isSeen(outside)) return found;
  return [...found, ...ends.map((from) => ({ from, to: { end: outside, card: outside }, kind: "tunnel dashed" }))];
}

/* Return the locations that have tunnels. */
function connected() {
  return locations.filter((one) => leadersIn.get(one.id).length);
}

/* Return whether a line runs behind a card that is at none of its ends. */
function isCovered({ from, to }, seen) {
  const [start, end, frame] = [centre(from.end), centre(to.end), mesh.getBoundingClientRect()];
  return seen.some((one) => one !== from.card && one !== to.card && crosses(start, end, one.getBoundingClientRect(), frame));
}

function crosses(start, end, box, frame) {
  const [enters, leaves] = through(start, end, box, frame);
  return enters < leaves;
}

/* Return the parts of a line at which it enters and leaves a box; the second is not larger if it misses the box. */
function through(start, end, box, frame) {
  const sides = [
    [start.x, end.x, box.left - frame.left, box.right - frame.left],
    [start.y, end.y, box.top - frame.top, box.bottom - frame.top],
  ];
  let [enters, leaves] = [0, 1];
  for (const [from, to, low, high] of sides) {
    if (from === to && (from < low || from > high)) return [1, 0];
    if (from === to) continue;
    const [first, last] = [(low - from) / (to - from), (high - from) / (to - from)].sort((one, other) => one - other);
    [enters, leaves] = [Math.max(enters, first), Math.min(leaves, last)];
  }
  return [enters, leaves];
}

/* Return the leader of a location, or the card if there are several leaders. */
function anchor(location) {
  const own = leadersIn.get(location.id).map((leader) => chips.get(leader.id));
  return own.length === 1 && isSeen(own[0]) ? own[0] : cards.get(location.id);
}

function isSeen(element) {
  return element.getClientRects().length > 0;
}

function line(one, other, kind) {
  lines.append(lineBetween(centre(one), centre(other), kind));
}

function lineBetween(from, to, kind) {
  return drawn("line", { class: kind, x1: from.x, y1: from.y, x2: to.x, y2: to.y });
}

function drawn(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function centre(element) {
  const [box, frame] = [element.getBoundingClientRect(), mesh.getBoundingClientRect()];
  return { x: Math.round(box.left + box.width / 2 - frame.left), y: Math.round(box.top + box.height / 2 - frame.top) };
}

/* Draw a small map of the mesh with a dot for each location, if cards in columns leave no room for lines. */
function drawWheel() {
  const ends = connected();
  const isNamed = ends.length <= NAMED;
  const radius = isNamed ? 105 : 135;
  const points = ends.map((one, n) => {
    const angle = (2 * Math.PI * n) / ends.length - Math.PI / 2;
    return { one, x: Math.round(1500 + 10 * radius * Math.cos(angle)) / 10, y: Math.round(1500 + 10 * radius * Math.sin(angle)) / 10 };
  });
  const pairs = points.flatMap((from, n) => points.slice(n + 1).map((to) => [from, to]));
  const between = pairs.map(([from, to]) => lineBetween(from, to, "tunnel"));
  const wheel = document.getElementById("wheel");
  if (isNamed) wheel.setAttribute("viewBox", "-90 12 480 276");
  wheel.style.setProperty("--faint", Math.max(0.12, Math.min(0.75, 30 / between.length)));
  wheel.replaceChildren(...between, ...(isNamed ? pairs.flatMap(arrowsOf) : []), ...points.map(dotOf), ...(isNamed ? points.map(nameOf) : []));
}

/* Return the arrows from an end behind NAT, with their tips beside the dot of the other. */
function arrowsOf([from, to]) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const calls = [[from, to], [to, from]].filter(([caller]) => isBehindNat(caller.one));
  return calls.map(([caller, called]) => arrow(caller, on(caller, called, 1 - 9 / length)));
}

function dotOf({ one, x, y }) {
  const dot = drawn("circle", { cx: x, cy: y, r: 6 });
  dot.style.setProperty("--light", colours[one.name].light);
  dot.style.setProperty("--dark", colours[one.name].dark);
  dot.append(drawn("title", {}));
  dot.firstChild.textContent = shown(titleOf(one));
  return dot;
}

/* Return the name of a dot, outside the circle; a long one loses its middle. */
function nameOf({ one, x, y }) {
  const side = Math.abs(x - 150) < 20 ? "middle" : x < 150 ? "end" : "start";
  const across = { middle: 0, end: -11, start: 11 }[side];
  const up = side !== "middle" ? 5 : y < 150 ? -11 : 20;
  const name = drawn("text", { x: x + across, y: y + up, "text-anchor": side });
  const characters = [...titleOf(one)];
  name.textContent = shown(characters.length > 13 ? `${characters.slice(0, 6).join("")}…${characters.slice(-6).join("")}` : characters.join(""));
  return name;
}
