/* The details of the selected object, and the overview of the mesh. */

const details = document.getElementById("details");
const LISTED = 40;
const UNFOLDED = 8;

const NODE_FACTS = [
  ["Location", (data) => data.location || "(no location)"],
  ["Segment", (data) => (data.segment === "location:" ? "location: (no location)" : data.segment)],
  ["WireGuard IP", (data) => data.wireguardIP],
  ["Endpoint", endpointOf],
  ["Configured", replacedEndpoint],
  ["NAT", (data) => data.behindNAT && "behind NAT: it opens its tunnels"],
  ["Internal IP", (data) => data.internalIP],
  ["Pod CIDR", (data) => data.podCIDR],
  ["Location IPs", (data) => data.allowedLocationIPs],
  ["Keepalive", (data) => data.persistentKeepalive && `${data.persistentKeepalive} s`],
  ["Public key", (data) => data.publicKey],
  ["Last seen", (data) => data.lastSeen && new Date(data.lastSeen * 1000).toISOString().replace(".000Z", "Z")],
];
const PEER_FACTS = [
  ["Owner", (data) => data.owner],
  ["Allowed IPs", (data) => data.allowedIPs],
  ["Endpoint", endpointOf],
  ["Configured", replacedEndpoint],
  ["Tunnels", (data) => data.ready && !endpointOf(data) && "without an endpoint, it opens them"],
  ["Keepalive", (data) => (data.persistentKeepalive ? `${data.persistentKeepalive} s` : "off")],
  ["Preshared key", (data) => (data.presharedKey ? "yes" : "no")],
  ["Public key", (data) => data.publicKey],
];
const SEGMENT_FACTS = [
  ["Leader", (segment) => segment.leader],
  ["WireGuard IP", (segment) => segment.wireguardIP],
  ["Endpoint", (segment) => endpointOf(objects.get(`node/${segment.leader}`).data)],
  ["NAT", (segment) => objects.get(`node/${segment.leader}`).data.behindNAT && "behind NAT: it opens its tunnels"],
  ["Allowed IPs", (segment) => segment.allowedIPs],
  ["Location IPs", (segment) => segment.allowedLocationIPs],
];

/* Return the endpoint that others use: a discovered one replaces the one of the object. */
function endpointOf(data) {
  return isReplaced(data) ? `${data.discoveredEndpoint} (discovered)` : data.endpoint;
}

function replacedEndpoint(data) {
  return isReplaced(data) && data.endpoint;
}

function isReplaced(data) {
  return Boolean(data.discoveredEndpoint) && data.discoveredEndpoint !== data.endpoint;
}

function facts(rows, data) {
  return rows.flatMap(([name, read]) => {
    const values = [read(data)].flat().filter(Boolean);
    return values.length ? [make("dt", {}, name), ...values.map((value) => make("dd", {}, make("bdi", {}, value)))] : [];
  });
}

function showDetails(object) {
  details.hidden = !object;
  document.getElementById("overview").hidden = Boolean(object);
  details.replaceChildren(...(object ? detailsOf(object) : []));
}

function detailsOf(object) {
  const close = make("button", { type: "button", class: "close", "aria-label": "Close the details" }, "×");
  close.addEventListener("click", () => choose(""));
  const heading = make("h2", { tabindex: "-1" }, make("bdi", {}, titleOf(object)));
  return [close, heading, ...(object.kind === "location" ? ofLocation(object) : ofMember(object))];
}

function ofMember(object) {
  const { kind, data } = object;
  const rows = kind === "peer" ? PEER_FACTS : NODE_FACTS;
  const led = data.leader ? nodes.filter((node) => node !== object && leaderOf(node) === object) : [];
  const reached = tunnelsOf(object);
  return [
    make("p", { class: "kind" }, kind === "peer" ? "a peer" : data.leader ? "a leader" : "a node"),
    data.ready ? "" : make("p", { class: "notice" }, `Not ready, so Kilo leaves it out: ${data.notReady.join(", ")}.`),
    ...notices(object.findings),
    make("dl", {}, ...facts(rows, data)),
    ...withoutNode(object), /* above the tunnels, which fill a phone */
    ...listed(kind === "node" && !data.leader ? "Reached through" : "Tunnels to", reached),
    ...listed("Leads", led),
  ];
}

function ofLocation(object) {
  const members = membersOf(object.id);
  const own = [...new Set(members.map((node) => node.data.segment).filter(Boolean))].map((name) => segments.get(name));
  const shown = own.length === 1 ? facts(SEGMENT_FACTS, own[0]) : [];
  const unready = members.filter((node) => !node.data.ready);
  return [
    make("p", { class: "kind" }, `a location with ${counted(members.length, "node")}`),
    own.length ? "" : make("p", { class: "notice" }, "No node is ready, so this location has no tunnels."),
    ...notices(object.findings),
    make("dl", {}, ...shown),
    ...listed(own.length > 1 ? "Leaders" : "Leader", members.filter((node) => node.data.leader)),
    ...listed("Other nodes", members.filter((node) => node.data.ready && !node.data.leader)),
    ...listed("Not ready", unready),
    ...tunnelsFrom(object),
  ];
}

/* Return the other locations with the number of tunnels to each. */
function tunnelsFrom(location) {
  const ends = leadersIn.get(location.id).length;
  const counts = connected().filter((one) => ends && one !== location).map((one) => [one, leadersIn.get(one.id).length]);
  if (!counts.length) return [];
  const items = counts.slice(0, LISTED).map(([one, others]) => make("li", {}, reference(one), ends * others > 1 ? ` ${timesOf(ends, others)} = ${(ends * others).toLocaleString("en")}` : " 1"));
  if (counts.length > LISTED) items.push(make("li", {}, `and ${(counts.length - LISTED).toLocaleString("en")} more`));
  return [make("h3", {}, "Tunnels to other locations"), make("ul", { class: "references" }, ...items)];
}

function timesOf(ends, others) {
  return `${ends} × ${others}`;
}

function notices(findings) {
  return findings.map(notice);
}

function notice({ code, severity, message, hint }) {
  return make("p", { class: `notice ${severity}` }, make("strong", {}, code), " ", message, hint && make("span", { class: "hint" }, `hint: ${hint}`));
}

function listed(heading, members) {
  if (!members.length) return [];
  const items = members.slice(0, LISTED).map((member) => make("li", {}, reference(member)));
  const more = members.length - LISTED;
  if (more > 0) items.push(make("li", {}, `and ${more.toLocaleString("en")} more`));
  return [make("h3", {}, heading, make("span", { class: "size" }, members.length)), make("ul", { class: "references" }, ...items)];
}

function reference(object) {
  const button = make("button", { type: "button", class: "reference" }, make("bdi", {}, titleOf(object)));
  button.addEventListener("click", () => choose(object.id));
  return button;
}

function showOverview() {
  const lost = nodes.filter((node) => !node.data.ready).length;
  const rows = [
    ["Subnet", graph.subnet],
    ["Granularity", graph.granularity],
    ["Locations", locations.length],
    ["Nodes", lost ? `${nodes.length}, ${lost} not ready` : nodes.length],
    ["Leaders", `${leaders.length}, ${counted(tunnelCount(), "tunnel")} between them`],
    ["Peers", `${peers.length}${peers.length > readyPeers.length ? `, ${peers.length - readyPeers.length} not ready` : ""}`],
    ["As of", graph.time],
  ];
  document.getElementById("facts").append(...facts(rows.map(([name, value]) => [name, () => String(value)]), {}));
  if (graph.granularity === "full" || graph.granularity === "cross") {
    document.getElementById("leads").textContent = "a ready node, which has its own tunnels";
    document.getElementById("led").remove();
    document.getElementById("each").textContent = "ready node";
    document.getElementById("many").textContent = `tunnels between two locations: ${timesOf(2, 3)} if one has two ready nodes, and the other three`;
  }
  document.getElementById("nat").hidden = !leaders.some((leader) => leader.data.behindNAT);
  document.getElementById("beside").hidden = isSmall;
  const number = (severity) => graph.findings.filter((one) => one.severity === severity).length;
  const counts = ["error", "warning"].filter(number).map((severity) => counted(number(severity), severity));
  const place = document.getElementById("findings");
  place.append(...findingsUnder("Findings", counts.join(", "), (one) => !isNote(one)), ...findingsUnder("Notes", number("note"), isNote));
}

/* Return the findings that belong to a heading, by code, with the same counts as `kgctl check`. */
function findingsUnder(heading, count, belongs) {
  const found = graph.findings.filter(belongs);
  if (!found.length) return [];
  return [
    make("h3", {}, heading, make("span", { class: "size" }, count)),
    ...notices(general.filter(belongs)),
    ...[...new Set(found.map((one) => one.code))].map(foundBy),
  ];
}

/* Return the objects with a code, collapsed if there are many. */
function foundBy(code) {
  const found = all.filter((object) => object.findings.some((one) => one.code === code));
  if (!found.length) return "";
  const items = found.map((object) => make("li", {}, reference(object)));
  const { severity } = found[0].findings.find((one) => one.code === code);
  const heading = make("summary", {}, make("span", { class: `code ${severity}` }, code), make("span", { class: "size" }, found.length), make("span", { class: "meaning" }, meanings[code]));
  return make("details", { open: found.length <= UNFOLDED && "" }, heading, make("ul", { class: "references" }, ...items));
}
