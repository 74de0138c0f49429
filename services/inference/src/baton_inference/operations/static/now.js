// What serves, why, since when, and what to do.

import { byId, command, draw, el, link } from "./dom.js";
import { ago, utc } from "./time.js";

const HOW = { promote: "Promoted", rollback: "Rolled back", external: "The alias was moved by another client" };

export function showNow(data) {
  const { status, words, links } = data;
  const now = Date.parse(data.now);
  document.title = `${words.headline} – ${status.model_name}`;
  byId("now").className = `card ${words.mood}`;
  byId("subject").textContent = `${status.model_name} @ ${status.alias}`;
  draw(byId("state"), { words, state: status.state }, drawState);
  draw(byId("notes"), words.notes, (notes) => notes.map(drawNote));
  draw(byId("why"), why(data, now), drawWhy);
  draw(byId("pass"), { status, links }, drawPass);
  draw(byId("facts"), facts(data, now), (rows) => rows.map(drawFact));
  const model = byId("mlflow");
  model.href = links.model;
  model.hidden = false;
}

function drawState({ words, state }) {
  return [
    el("p", { class: "headline" }, words.headline),
    el("p", { class: "badge" }, el("span", { class: "dot", "aria-hidden": "true" }), state),
    // What a screen reader is told along with the headline; the notes show it to others.
    el("p", { class: "hidden" }, words.notes.map((note) => note.title).join(". ")),
  ];
}

function drawNote(note) {
  return el(
    "div",
    { class: "note" },
    el("h2", {}, note.title),
    el("p", {}, note.text),
    note.hint && el("p", {}, note.hint),
    note.command && command(note.command),
  );
}

/** Why this version serves: the last move that led to it. */
function why({ status, moves }, now) {
  const version = status.serving?.version;
  const move = moves.findLast((one) => one.to === version);
  return version && move ? { ...move, when: ago(Date.parse(move.at), now) } : {};
}

function drawWhy({ how, by, when, reason }) {
  if (!how) return null;
  // In elements of their own: a name that turns the direction of writing turns only itself.
  return [
    HOW[how],
    ...(by ? [" by ", el("bdi", {}, by)] : []),
    ` ${when}`,
    ...(reason ? [": ", el("bdi", {}, reason)] : []),
  ];
}

/** The baton's way: from the alias to the slot. */
function drawPass({ status, links }) {
  const { aspired_version: aspired, serving } = status;
  const agree = serving !== null && serving.version === aspired;
  const place = (title, version, href) =>
    el(
      "div",
      { class: version === null ? "place none" : "place" },
      el("span", { class: "label" }, title),
      el("span", { class: "version" }, link(href, version === null ? "none" : `version ${version}`)),
    );
  return [
    place("the alias names", aspired, links.aspired),
    el("span", { class: agree ? "track agree" : "track", role: "img", "aria-label": agree ? "and so" : "but" }),
    place("requests get", serving?.version ?? null, links.serving),
  ];
}

function facts({ status, links, process }, now) {
  const { serving, registry } = status;
  const rows = [];
  if (serving) {
    rows.push(["Serving since", ago(Date.parse(serving.since), now), utc(serving.since)]);
    rows.push(["Run", serving.run_id ? serving.run_id.slice(0, 8) : "none", "in MLflow", links.run]);
    rows.push(["Engine", serving.engine, `loaded from the ${serving.source}`]);
  }
  const last = registry.last_success_at;
  const answered = last ? `answered ${ago(Date.parse(last), now)}` : "has not answered yet";
  rows.push(["Registry", registry.reachable ? "answers" : "does not answer", answered]);
  rows.push(["Swaps", String(status.swaps), `since ${utc(process.started_at)}`]);
  return rows;
}

function drawFact([name, value, detail, href]) {
  return el(
    "div",
    {},
    el("dt", {}, name),
    el("dd", {}, link(href ?? null, value), el("span", { class: "detail" }, detail ?? "")),
  );
}
