/* User input: search, filter, select, move with the keyboard, and switch the theme. */

const MOST_LINKED = 60; /* more highlighted cards are not useful */
const state = { chosen: "", wanted: [], stops: [] }; /* stops: the cards that the arrow keys reach */
const search = document.getElementById("search");
const place = document.getElementById("location");
const show = document.getElementById("show");
const theme = document.getElementById("theme");

function filter() {
  const asked = { search: search.value, location: place.value, show: show.value };
  const members = [...nodes, ...peers];
  const groups = [...cards.keys()].map((group) => [group, membersOf(group).filter((one) => isWanted(one, asked))]);
  state.wanted = groups.flatMap(([, found]) => found);
  state.stops = groups.flatMap(([group, found]) => (found.length && objects.has(group) ? [objects.get(group), ...found] : found));
  const wanted = new Set(state.wanted);
  for (const member of members) chips.get(member.id).parentElement.hidden = !wanted.has(member);
  for (const [group, found] of groups) cards.get(group).hidden = !found.length;
  mesh.classList.toggle("empty", !state.wanted.length);
  mesh.dataset.nothing = asked.search ? `No name, address, or key matches “${shown(asked.search)}”.` : "No node or peer matches the filters.";
  document.getElementById("count").textContent =
    state.wanted.length === members.length
      ? `${counted(nodes.length, "node")}, ${counted(peers.length, "peer")}`
      : `${state.wanted.length} of ${members.length} nodes and peers`;
  roveTo(state.stops.find((one) => one.id === state.chosen) || state.wanted[0]);
  arrange();
}

/* Open the details of an object, or close them. */
function choose(id) {
  const before = chips.get(state.chosen);
  state.chosen = objects.has(id) ? id : "";
  const others = state.chosen ? tunnelsOf(objects.get(id)).map((one) => one.id) : [];
  const linked = new Set(others.length > MOST_LINKED ? [] : others);
  for (const [one, button] of chips) {
    button.setAttribute("aria-pressed", String(one === state.chosen));
    button.classList.toggle("linked", linked.has(one));
  }
  const inDetails = details.contains(document.activeElement);
  showDetails(objects.get(state.chosen));
  if (inDetails) (state.chosen ? details.querySelector("h2") : before).focus();
  document.getElementById("said").textContent = state.chosen && `details of ${titleOf(objects.get(id))}`;
  history.replaceState(null, "", state.chosen ? `#${encodeURIComponent(state.chosen)}` : location.pathname);
  draw();
  chips.get(state.chosen)?.scrollIntoView({ block: "nearest" });
}

/* Put only one of the buttons into the tab order. */
function roveTo(object) {
  for (const button of chips.values()) button.tabIndex = -1;
  if (object) chips.get(object.id).tabIndex = 0;
}

function moveTo(object) {
  if (!object) return;
  roveTo(object);
  chips.get(object.id).focus();
}

/* Return the nearest card in the direction of an arrow key; the distance to the side counts double. */
function neighbour(from, key) {
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
  const here = centre(chips.get(from.id));
  const distance = (one) => {
    const there = centre(chips.get(one.id));
    const [along, aside] = sideways ? [there.x - here.x, there.y - here.y] : [there.y - here.y, there.x - here.x];
    return along * sign > 1 ? along * sign + 2 * Math.abs(aside) : Infinity;
  };
  const ranked = state.stops.map((one) => [distance(one), one]).filter(([far]) => far < Infinity);
  return ranked.reduce((best, one) => (one[0] < best[0] ? one : best), [Infinity, undefined])[1];
}

mesh.addEventListener("click", (event) => {
  const button = event.target.closest("[data-id]");
  if (!button) return;
  const id = button.dataset.id;
  roveTo(objects.get(id));
  choose(id === state.chosen ? "" : id);
});

mesh.addEventListener("keydown", (event) => {
  const object = objects.get(event.target.dataset?.id);
  if (!object || event.ctrlKey || event.altKey || event.metaKey) return;
  const { key } = event;
  if (key === "Home") moveTo(state.stops[0]);
  else if (key === "End") moveTo(state.stops.at(-1));
  else if (key.startsWith("Arrow")) moveTo(neighbour(object, key));
  else return;
  event.preventDefault();
});

search.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && state.wanted.length) choose(state.wanted[0].id);
  if (event.key === "ArrowDown") moveTo(state.wanted[0]);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
  }
  if (event.key === "Escape" && !typing && state.chosen) {
    const before = chips.get(state.chosen);
    choose("");
    if (isSeen(before)) before.focus();
  }
});

for (const location of locations) place.append(make("option", { value: location.id }, titleOf(location)));
if (peers.length) place.append(make("option", { value: PEERS }, "peers"));
search.addEventListener("input", filter);
for (const control of [place, show]) control.addEventListener("change", filter);

const darkWanted = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme || (darkWanted.matches ? "dark" : "light")) === "dark";
const tellTheme = () => {
  theme.textContent = isDark() ? "Light colors" : "Dark colors";
};
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  tellTheme();
});
darkWanted.addEventListener("change", tellTheme);
tellTheme();

const when = graph.time.replace("T", " ").replace(/:\d\dZ$/, " UTC");
document.title = ["Kilo mesh", source && shown(source), when].filter(Boolean).join(" · ");
document.getElementById("source").append(make("bdi", {}, source));
document.getElementById("subnet").append(graph.subnet);
document.getElementById("when").append(when);
showOverview();
if (locations.length <= WHEEL_LOCATIONS) drawWheel();
filter();
choose(new URLSearchParams(`at=${location.hash.slice(1)}`).get("at"));
addEventListener("resize", arrange);
