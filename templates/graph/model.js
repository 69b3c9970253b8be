"use strict";
/* Nodes, peers, and locations as objects of the same shape, by an id such as "node/berlin-1". */

const { graph, colours, meanings, source } = JSON.parse(document.getElementById("data").textContent);
const PEERS = "peers";
const BEHIND_NAT = "behind NAT";
const MOST_IN_FULL = 30; /* with more nodes or peers, a box shows less */
const objects = new Map();
const segments = new Map(graph.segments.map((segment) => [segment.name, segment]));
const general = [];

function add(kind, data, group) {
  const text = JSON.stringify(Object.values(data)).toLowerCase();
  objects.set(`${kind}/${data.name}`, { id: `${kind}/${data.name}`, kind, name: data.name, data, group, text, findings: [] });
}

for (const node of graph.nodes) add("node", node, `location/${node.location}`);
for (const peer of graph.peers) add("peer", peer, PEERS);
for (const name of new Set(graph.nodes.map((node) => node.location))) add("location", { name }, "");

const ranks = ["error", "warning", "note"];
graph.findings.sort((one, other) => ranks.indexOf(one.severity) - ranks.indexOf(other.severity));
for (const finding of graph.findings) {
  const home = homeOf(finding);
  (home ? home.findings : general).push(finding);
}

function homeOf({ subject: { kind, name } }) {
  if (kind !== "segment") return objects.get(`${kind}/${name}`);
  const [sort, ...rest] = name.split(":");
  return objects.get(`${sort}/${rest.join(":")}`);
}

const inOrder = new Intl.Collator("en", { numeric: true });
const all = [...objects.values()].sort((one, other) => inOrder.compare(one.name, other.name));
const nodes = all.filter((object) => object.kind === "node");
const peers = all.filter((object) => object.kind === "peer");
const locations = all.filter((object) => object.kind === "location");
const leaders = nodes.filter((node) => node.data.leader);
const isNote = (finding) => finding.severity === "note";
const readyPeers = peers.filter((peer) => peer.data.ready);
const isSmall = Math.max(nodes.length, peers.length) <= MOST_IN_FULL;
const leadersIn = new Map(locations.map((location) => [location.id, []]));
for (const leader of leaders) leadersIn.get(leader.group).push(leader);

/* Return the nodes and peers of a card, leaders first. */
function membersOf(group) {
  const members = all.filter((object) => object.group === group);
  return [...members.filter((one) => one.data.leader), ...members.filter((one) => !one.data.leader)];
}

/* Return the leader of a node. */
function leaderOf(object) {
  const segment = segments.get(object.data.segment);
  return segment && objects.get(`node/${segment.leader}`);
}

/* Return the objects to which an object has a tunnel; for a node that is not a leader, its leader. */
function tunnelsOf(object) {
  if (object.kind === "location") return [];
  if (!object.data.ready) return [];
  if (object.kind === "peer") return leaders;
  if (!object.data.leader) return [leaderOf(object)];
  return [...leaders.filter((leader) => leader !== object && !shareNetwork(object, leader)), ...readyPeers];
}

/* Return whether two leaders have no tunnel because they are in one location, with granularity cross. */
function shareNetwork(one, other) {
  return graph.granularity === "cross" && one.group === other.group;
}

function tunnelCount() {
  const pairs = (count) => (count * (count - 1)) / 2;
  if (graph.granularity !== "cross") return pairs(leaders.length);
  const inside = locations.map((one) => leadersIn.get(one.id).length);
  return pairs(leaders.length) - inside.reduce((sum, count) => sum + pairs(count), 0);
}

/* Return whether all leaders of a location are behind NAT, so that it opens the tunnels to others. */
function isBehindNat(location) {
  const own = leadersIn.get(location.id);
  return own.length > 0 && own.every((leader) => leader.data.behindNAT);
}

/* Return whether an object has a warning or an error. */
function isOdd(object) {
  return Boolean(object?.findings.some((finding) => !isNote(finding)));
}

/* Return whether an object matches: its values contain every word of the search. */
function isWanted(object, { search, location, show }) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (location && object.group !== location) return false;
  if (show === "unready" && object.data.ready) return false;
  if (show === "found" && !isOdd(object) && !isOdd(objects.get(object.group))) return false;
  return words.every((word) => object.text.includes(word) || hasAddress(object, parseCidr(word)));
}

/* Return whether a CIDR of an object contains the address, or is inside the network, as in `kgctl whois`. */
function hasAddress(object, wanted) {
  if (!wanted) return false;
  object.cidrs ??= addressesOf(object.data).map(parseCidr).filter(Boolean);
  return object.cidrs.some((own) => overlap(own, wanted));
}

function addressesOf(data) {
  const endpoints = [data.endpoint, data.discoveredEndpoint].filter(Boolean);
  const hosts = endpoints.map((endpoint) => endpoint.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1"));
  return [data.podCIDR, data.internalIP, data.wireguardIP, data.allowedIPs, data.allowedLocationIPs, hosts].flat().filter(Boolean);
}

function overlap(one, other) {
  const length = Math.min(one.length, other.length);
  const rest = BigInt(one.size - length);
  return one.size === other.size && one.bits >> rest === other.bits >> rest;
}

/* Return an address, or an address with a prefix length, as a number; undefined for other text. */
function parseCidr(text) {
  const [, address, length] = /^([\d.]+|[\da-f:.]*:[\da-f:.]*)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const parts = address && (address.includes(":") ? groupsOfSix(address) : groupsOfFour(address));
  if (!parts) return undefined;
  const [size, width] = parts.length === 4 ? [32, 8n] : [128, 16n];
  const bits = parts.reduce((number, part) => (number << width) | BigInt(part), 0n);
  return Number(length ?? size) <= size ? { bits, size, length: Number(length ?? size) } : undefined;
}

function groupsOfFour(address) {
  const parts = address.split(".");
  return parts.length === 4 && parts.every((part) => part !== "" && Number(part) < 256) ? parts.map(Number) : undefined;
}

function groupsOfSix(address) {
  const sides = address.split("::").map((side) => side.split(":").filter(Boolean));
  const given = sides.flat();
  const missing = 8 - given.length;
  if (sides.length > 2 || (sides.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  if (!given.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined;
  return [...sides[0], ...Array(missing).fill("0"), ...(sides[1] ?? [])].map((part) => parseInt(part, 16));
}
