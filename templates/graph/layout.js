/* The places of the cards and the lines between them: few cards in a ring, many in columns. */

const lines = document.getElementById("lines");
const WHEEL_LOCATIONS = 60;
const PAPER_WIDTH = 700;
const RING_WIDTH = 640;
const RING_CARDS = 13;
const RING_CHIPS = 100;
const GAP = 44;
const TUCKED = 0.4; /* how far a card in the middle extends between the cards at the sides */
const WIDEST = 1200;

function arrange() {
  const seen = [...cards.values()].filter((one) => !one.hidden);
  const width = mesh.clientWidth;
  const small = seen.length <= RING_CARDS && nodes.length + peers.length <= RING_CHIPS;
  const ring = small && width >= RING_WIDTH && seen.length > 1;
  mesh.classList.toggle("ring", ring);
  mesh.style.setProperty("--paper", PAPER_WIDTH / width);
  document.getElementById("wheel").toggleAttribute("hidden", ring || locations.length > WHEEL_LOCATIONS);
  (ring ? placeAround : placeInColumns)(seen, width);
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

/* Put the cards around an empty middle for the tunnels: a row on top, pairs at the sides, a row below. */
function placeAround(seen, width) {
  for (const one of seen) one.style.width = "";
  const wide = Math.min(width, WIDEST);
  const widest = Math.max(...seen.map((one) => one.offsetWidth));
  const isRoomy = wide >= 3 * widest + 2 * GAP;
  let top = 0;
  let above = { row: [], height: 0, isSides: false };
  for (const { row, isSides } of rowsOf(seen, Math.floor((wide + GAP) / (widest + GAP)))) {
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
}

function rowsOf(seen, columns) {
  const asked = seen.length === 4 ? 1 : Math.ceil((seen.length * 3) / 8);
  const above = Math.max(1, Math.min(columns, asked));
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
  const ends = locations.filter((one) => leaders.some((leader) => leader.group === one.id)).map(anchor).filter(isSeen);
  ends.forEach((one, n) => ends.slice(n + 1).forEach((other) => line(one, other, "tunnel")));
  const outside = cards.get(PEERS);
  if (readyPeers.length && isSeen(outside)) ends.forEach((one) => line(one, outside, "tunnel dashed"));
}

/* Return the leader of a location, or the card if there are several leaders. */
function anchor(location) {
  const own = leaders.filter((leader) => leader.group === location.id).map((leader) => chips.get(leader.id));
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
  const ends = locations.filter((one) => leaders.some((leader) => leader.group === one.id));
  const points = ends.map((one, n) => {
    const angle = (2 * Math.PI * n) / ends.length - Math.PI / 2;
    return { one, x: Math.round(1500 + 1350 * Math.cos(angle)) / 10, y: Math.round(1500 + 1350 * Math.sin(angle)) / 10 };
  });
  const between = points.flatMap((from, n) => points.slice(n + 1).map((to) => lineBetween(from, to, "tunnel")));
  const dots = points.map(({ one, x, y }) => {
    const dot = drawn("circle", { cx: x, cy: y, r: 6 });
    dot.style.setProperty("--light", colours[one.name].light);
    dot.style.setProperty("--dark", colours[one.name].dark);
    dot.append(drawn("title", {}));
    dot.firstChild.textContent = shown(titleOf(one));
    return dot;
  });
  const wheel = document.getElementById("wheel");
  wheel.style.setProperty("--faint", Math.max(0.12, Math.min(0.75, 30 / between.length)));
  wheel.replaceChildren(...between, ...dots);
}
