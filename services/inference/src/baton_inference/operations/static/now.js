// The serving version: why it serves, since when, and what needs attention.

import { byId, draw, drawCommand, drawLink, el } from "./dom.js";
import { formatAge, formatUtc } from "./time.js";

const MOVES = {
  promote: (version) => `Version ${version} was promoted`,
  rollback: (version) => `The alias was rolled back to version ${version}`,
  external: (version) => `Another client moved the alias to version ${version}`,
};

export function showNow(data) {
  const { status, summary, links } = data;
  const now = Date.parse(data.now);
  document.title = `${summary.headline} – ${status.model_name}`;
  byId("now").className = `card ${summary.severity}`;
  byId("subject").textContent = `${status.model_name} @ ${status.alias}`;
  draw(byId("state"), { summary, state: status.state }, drawState);
  draw(byId("notes"), summary.notes, (notes) => notes.map(drawNote));
  draw(byId("why"), findLastMove(data, now), drawLastMove);
  draw(byId("pass"), { status, links }, drawPass);
  draw(byId("facts"), listFacts(data, now), (rows) => rows.map(drawFact));
  const model = byId("mlflow");
  model.href = links.model;
  model.hidden = false;
}

function drawState({ summary, state }) {
  return [
    el("p", { class: "headline" }, summary.headline),
    el("p", { class: "badge" }, el("span", { class: "dot", "aria-hidden": "true" }), state),
    // Screen readers announce the notes together with the headline.
    el("p", { class: "hidden" }, summary.notes.map((note) => note.title).join(". ")),
  ];
}

function drawNote(note) {
  return el(
    "div",
    { class: "note" },
    el("h2", {}, note.title),
    el("p", {}, note.text),
    note.hint && el("p", {}, note.hint),
    note.command && drawCommand(note.command),
  );
}

/** Finds the last move to the serving version; an empty object if there is none. */
function findLastMove({ status, moves }, now) {
  const version = status.serving?.version;
  const move = moves.findLast(({ to }) => to === version);
  return version && move ? { ...move, when: formatAge(Date.parse(move.at), now) } : {};
}

function drawLastMove({ how, to, by, when, reason }) {
  if (!how) return null;
  // <bdi> keeps right-to-left names from reordering the rest of the sentence.
  return [
    MOVES[how](to),
    ...(by ? [" by ", el("bdi", {}, by)] : []),
    `, ${when}`,
    ...(reason ? [": ", el("bdi", {}, reason)] : []),
  ];
}

/** Draws the way from the alias to the slot. */
function drawPass({ status, links }) {
  const { aspired_version: aspired, serving, registry } = status;
  const isSame = serving !== null && serving.version === aspired;
  const label = isSame ? "the same version" : "not the same version";
  return [
    drawPlace("Alias points to", aspired, links.aspired, registry.reachable ? "no version" : "unknown"),
    el("span", { class: isSame ? "track agree" : "track", role: "img", "aria-label": label }),
    drawPlace("Requests go to", serving?.version ?? null, links.serving, "no version"),
  ];
}

function drawPlace(title, version, href, fallback) {
  return el(
    "div",
    { class: version === null ? "place none" : "place" },
    el("span", { class: "label" }, title),
    el("span", { class: "version" }, drawLink(href, version === null ? fallback : `version ${version}`)),
  );
}

function listFacts({ status, links, process }, now) {
  const { serving, registry } = status;
  const rows = [];
  if (serving) {
    rows.push(["Serving since", formatAge(Date.parse(serving.since), now), formatUtc(serving.since)]);
    rows.push(["Run", serving.run_id ? serving.run_id.slice(0, 8) : "none", "in MLflow", links.run]);
    rows.push(["Engine", serving.engine, `loaded from the ${serving.source}`]);
  }
  const last = registry.last_success_at;
  const answered = last ? `last answer ${formatAge(Date.parse(last), now)}` : "no answer yet";
  rows.push(["Registry", registry.reachable ? "reachable" : "unreachable", answered]);
  rows.push(["Swaps", String(status.swaps), `since start, ${formatAge(Date.parse(process.started_at), now)}`]);
  return rows;
}

function drawFact([name, value, detail, href]) {
  return el(
    "div",
    {},
    el("dt", {}, name),
    el("dd", {}, drawLink(href ?? null, value), el("span", { class: "detail" }, detail ?? "")),
  );
}
