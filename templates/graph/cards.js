/* The cards: one for each location and one for the peers, with a button for each node and peer. */

const mesh = document.getElementById("mesh");
const ENTIRE = 12; /* names up to this length are never shortened */
const TAIL = 7;
const MOST_CHARACTERS = 30;
const chips = new Map();
const cards = new Map();

/* Create an element. Children become text, not HTML, and invisible characters are escaped. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null).map(asNode));
  return element;
}

function asNode(child) {
  return child instanceof Node ? child : shown(String(child));
}

function shown(text) {
  return text.replace(/(?! )[\p{C}\p{Z}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

function titleOf(object) {
  return object.kind === "location" ? object.name || "(no location)" : object.name;
}

function statusOf({ kind, data, findings }) {
  const words = [kind === "peer" ? "peer" : data.leader ? "leader" : "node"];
  if (!data.ready) words.push("not ready");
  const found = findings.filter((finding) => !isNote(finding));
  if (found.length) words.push(counted(found.length, "finding"));
  return words.join(", ");
}

/* Return the only text below a name: the reason for a node that is not ready, or the address that is asked for most. */
function noteOf({ kind, data }) {
  if (!data.ready) return data.notReady.join(", ");
  if (kind === "peer") return [fewOf(data.allowedIPs, 1), data.owner].filter(Boolean).join(" · ");
  return data.podCIDR;
}

function fewOf(values, most) {
  return values.slice(0, most).join(", ") + (values.length > most ? ` and ${values.length - most} more` : "");
}

/* Return the labeled rows below a name: everything in a small mesh, in a larger one those of the only leader of a location. */
function addressRows({ kind, data, group }) {
  if (!data.ready || !(isSmall || (data.leader && leadersIn.get(group).length === 1))) return [];
  const rows = kind === "peer"
    ? [["allowed IPs", fewOf(data.allowedIPs, 3)], ["endpoint", endpointOf(data)], ["owner", data.owner]]
    : [...(data.leader ? [["WireGuard IP", data.wireguardIP], ["endpoint", endpointOf(data)], natOf(data)] : []), ["pod CIDR", data.podCIDR], ["internal IP", data.internalIP]];
  return rows.filter(([, value]) => value);
}

/* Return the row of a leader behind NAT, or of a keepalive, which alone does not tell. */
function natOf(data) {
  return data.behindNAT ? [BEHIND_NAT, "opens its tunnels"] : ["keepalive", data.persistentKeepalive && `${data.persistentKeepalive} s`];
}

/* Return the elements below a name. */
function notesOf(object) {
  const rows = addressRows(object);
  if (rows.length) return [make("span", { class: "rows" }, ...rows.flatMap(cellsOf))];
  const isMarked = object.data.behindNAT && !isBehindNat(objects.get(object.group)); /* if all are, the card says so */
  return [make("span", { class: "note" }, noteOf(object), isMarked ? make("b", {}, ` ${BEHIND_NAT}`) : null)];
}

function cellsOf([label, value]) {
  return [make("span", { class: label === BEHIND_NAT ? "nat" : "label" }, label, " "), make("span", {}, value, " ")];
}

function counted(count, what) {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

function chip(object) {
  const classes = ["chip", object.kind];
  if (object.data.leader) classes.push("leader");
  if (!object.data.ready) classes.push("unready");
  if (isOdd(object)) classes.push("found");
  const button = make(
    "button",
    { type: "button", class: classes.join(" "), title: shown(object.name), tabindex: "-1", "aria-pressed": "false" },
    make("span", { class: "name" }, make("bdi", {}, ...halves(titleOf(object)))),
    make("span", { class: "unseen" }, `, ${statusOf(object)}: `),
    ...notesOf(object),
  );
  button.dataset.id = object.id;
  chips.set(object.id, button);
  return make("li", {}, button);
}

/* Split a name in two parts. A long name loses its middle, because names often differ at the end. */
function halves(name) {
  const characters = [...name];
  if (characters.length <= ENTIRE) return [name];
  return [
    make("span", { class: "head" }, characters.slice(0, -TAIL).join("")),
    make("span", { class: "tail" }, characters.slice(-TAIL).join("")),
  ];
}

function card(group, heading, members) {
  const number = cards.size;
  const title = make("h2", { id: `card-${number}` }, heading, make("span", { class: "size" }, counted(members.length, group === PEERS ? "peer" : "node"), unreadyOf(members)));
  const list = make("ul", { class: "chips" }, ...members.map(chip));
  const section = make("section", { class: "card", "aria-labelledby": `card-${number}` }, title, natNote(group), list);
  const columns = members.length > 18 ? 3 : members.length > 8 ? 2 : 1;
  section.style.setProperty("--columns", columns);
  section.style.setProperty("--longest", Math.min(MOST_CHARACTERS, Math.max(...members.map((member) => member.name.length))));
  cards.set(group, section);
  mesh.append(section);
  return section;
}

/* Return the line of a location whose leaders are all behind NAT, unless their boxes say so. */
function natNote(group) {
  const own = leadersIn.get(group) ?? [];
  if (isSmall || own.length < 2 || !isBehindNat(objects.get(group))) return null;
  return make("p", { class: "nat" }, `${BEHIND_NAT}: they open their tunnels`);
}

function unreadyOf(members) {
  const count = members.filter((member) => !member.data.ready).length;
  if (!count) return "";
  return count === members.length ? ", none ready" : `, ${count} not ready`;
}

for (const location of locations) {
  const button = make("button", { type: "button", class: "title", "aria-pressed": "false" }, make("bdi", {}, titleOf(location)));
  button.classList.toggle("found", isOdd(location));
  button.dataset.id = location.id;
  chips.set(location.id, button);
  const section = card(location.id, button, membersOf(location.id));
  section.style.setProperty("--light", colours[location.name].light);
  section.style.setProperty("--dark", colours[location.name].dark);
  section.classList.toggle("outside", !leadersIn.get(location.id).length);
}
if (peers.length) card(PEERS, "Peers", membersOf(PEERS)).classList.add("outside");
mesh.classList.toggle("small", isSmall);
mesh.classList.toggle("medium", !isSmall);
mesh.classList.toggle("dense", nodes.length + peers.length > 120);
mesh.classList.toggle("tiny", nodes.length + peers.length > 300);
mesh.classList.toggle("sparse", locations.length > 60);

/* Keep the width of the end of each name. Measure all before changing any, to avoid repeated layout. */
const tails = [...mesh.querySelectorAll(".tail")].map((tail) => [tail.parentElement, tail.getBoundingClientRect().width]);
for (const [name, width] of tails) name.style.setProperty("--tail", `${width}px`);
