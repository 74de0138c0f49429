// Live quality and drift, as `baton quality --log` and `baton drift --log` last measured them.

import { byId, draw, el } from "./dom.js";
import { formatAge, formatUtc } from "./time.js";

export function showMonitoring({ monitoring, now }) {
  byId("monitoring").hidden = monitoring === null;
  if (monitoring === null) return;
  draw(byId("monitoring-notes"), monitoring.notes, (notes) => notes.map(drawNote));
  draw(byId("quality"), describeQuality(monitoring, Date.parse(now)), drawQuality);
  draw(byId("drift"), describeDrift(monitoring, Date.parse(now)), (facts) => facts.map(drawFact));
}

function drawNote({ title, text }) {
  return el("div", { class: "note warning" }, el("h3", {}, title), el("p", {}, text));
}

function describeQuality({ quality, quality_at: at, quality_message: message }, now) {
  return { rows: quality, message, age: at === null ? "" : formatAge(Date.parse(at), now), at };
}

const HEADINGS = ["Version", "Live", "In training", "Labelled"];

function drawQuality({ rows, message, age, at }) {
  if (!rows.length) return message && el("p", {}, el("bdi", {}, message));
  const metric = rows.map((row) => row.metric).find(Boolean) ?? "Quality"; // without labels: ""
  return [
    message && el("p", {}, el("bdi", {}, message)),
    el("table", {},
      el("caption", {}, `${metric} of labelled rows, with its 95 % interval. Measured ${age}, ${formatUtc(at)}.`),
      el("thead", {}, el("tr", {}, HEADINGS.map((text) => el("th", { scope: "col" }, text)))),
      el("tbody", {}, rows.map(drawRow))),
  ];
}

function drawRow({ version, live, interval, training, rows, labelled, severity }) {
  const count = (number) => number.toLocaleString("en");
  return el("tr", {},
    el("th", { scope: "row" }, `version ${version}`),
    el("td", { class: severity === "warning" ? "alarming" : null }, live || "too few labels",
      interval && el("span", { class: "detail block" }, interval)),
    el("td", {}, training || "unknown"),
    el("td", {}, `${count(labelled)} of ${count(rows)}`));
}

function describeDrift({ drift }, now) {
  if (drift === null) return [];
  const { version, rows, at, message, worst, psi, severity } = drift;
  const source = `version ${version}, ${rows.toLocaleString("en")} rows, ${formatAge(Date.parse(at), now)}`;
  return [
    ["Drift", message, source, ""],
    ...(worst === null ? [] : [["Largest", worst, psi, severity]]),
  ];
}

function drawFact([name, value, detail, severity]) {
  return el("div", { class: severity },
    el("dt", {}, name),
    el("dd", {}, el("bdi", {}, value), el("span", { class: "detail" }, detail)));
}
