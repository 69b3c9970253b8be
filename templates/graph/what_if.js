/* What changes without a node, as `kgctl simulate --without` computes it. */

const MOVED_SHOWN = 12;
const TYPED = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/; /* no other name is part of a command: a shell could run it */

/* Return what changes without a node, folded; nothing for a peer, or for a node that is not ready. */
function withoutNode({ kind, name, data }) {
  if (kind !== "node" || !data.ready) return [];
  const texts = data.leader ? withoutLeader(segments.get(data.segment)) : ["No leader and no WireGuard IP changes."];
  const lines = texts.map((text) => make("p", {}, make("bdi", {}, text)));
  const heading = make("summary", {}, "Without this node");
  const command = TYPED.test(name) ? make("p", { class: "hint" }, `kgctl simulate --without ${name}`) : "";
  return [make("details", { class: "without" }, heading, ...lines, command)];
}

function withoutLeader(segment) {
  if (segment.nextLeader) {
    const place = objects.get(`node/${segment.leader}`).data.location || "(no location)";
    return [`${segment.nextLeader} leads ${place}. Peers need its key and endpoint: update their configurations.`];
  }
  const moved = movedWithout(segment);
  const gone = `The segment ${segment.name} no longer exists, and ${counted(moved.length, "WireGuard IP")} ${moved.length === 1 ? "moves" : "move"}.`;
  const shownMoves = moved.slice(0, MOVED_SHOWN).map(([leader, from, to]) => `${leader}: ${from} to ${to}`);
  const more = moved.length - MOVED_SHOWN;
  return [gone, ...shownMoves, ...(more > 0 ? [`and ${more.toLocaleString("en")} more`] : [])];
}

/* Return the leaders whose WireGuard IP moves: Kilo counts segments by name, so each later one takes the IP before it. */
function movedWithout(segment) {
  const later = graph.segments.slice(graph.segments.indexOf(segment));
  return later.slice(1).map((one, index) => [one.leader, one.wireguardIP, later[index].wireguardIP]);
}
