// The canary beside the serving version: its step, the evidence against it, and why it was aborted.

import { byId, draw, drawCommand, el, svg } from "./dom.js";
import { formatAge, formatLeft, formatUtc } from "./time.js";
import { getColorClass } from "./traffic.js";

const GONE_MS = 15_000;
const HOLD_SHARE = Math.log(10) / Math.log(125);
const views = new Map(); // id of a process -> {at, host, rollout}

export function showRollout(data) {
  const at = performance.now();
  views.set(data.process.id, { at, host: data.process.host, rollout: data.rollout });
  for (const [id, view] of views) if (at - view.at > GONE_MS) views.delete(id);
  const shown = chooseView();
  byId("rollout").hidden = shown === null;
  if (shown === null) return;
  const { host, rollout } = shown;
  byId("rollout").className = `card ${rollout.severity}`;
  draw(byId("rollout-title"), rollout, drawTitle);
  draw(byId("rollout-notes"), rollout.notes, (notes) => notes.map(drawNote));
  draw(byId("rollout-share"), [rollout.weight, rollout.version, rollout.against], () => drawShare(rollout));
  draw(byId("rollout-steps"), describeSteps(rollout, Date.parse(data.now)), drawSteps);
  draw(byId("rollout-signals"), [rollout.signals, host, views.size], () => drawSignals(rollout, host));
  draw(byId("rollout-facts"), listFacts(rollout, Date.parse(data.now)), (rows) => rows.map(drawFact));
  draw(byId("rollout-commands"), rollout.commands, drawCommands);
}

/** Chooses the process with the most evidence; behind a proxy each answer is of another one. */
function chooseView() {
  const shown = [...views.values()].filter(({ rollout }) => rollout !== null);
  const most = ({ rollout }) => Math.max(0, ...rollout.signals.map(({ share }) => share));
  return shown.toSorted((one, other) => most(other) - most(one) || other.rollout.pairs - one.rollout.pairs)[0] ?? null;
}

function drawTitle({ title, badge }) {
  return [
    el("h2", {}, title),
    el("p", { class: "badge" }, el("span", { class: "dot", "aria-hidden": "true" }), badge),
  ];
}

function drawNote({ title, text, hint, command }) {
  return el("div", { class: "note" },
    el("h3", {}, title),
    el("p", {}, text),
    hint && el("p", {}, hint),
    command && drawCommand(command));
}

/** Draws which version answers which share of the requests. */
function drawShare({ weight, version, against }) {
  if (weight === null || against === null) return null;
  const production = 100 - weight;
  const label = `Version ${against} answers ${production} % of the requests, version ${version} ${weight} %`;
  return [
    el("div", { class: "sides" },
      drawSide("Production", against, production),
      drawSide("Canary", version, weight)),
    svg("svg", { class: "share", viewBox: "0 0 100 8", preserveAspectRatio: "none", role: "img", "aria-label": label },
      svg("rect", { class: getColorClass(against), x: 0, y: 0, width: production, height: 8 }),
      svg("rect", { class: getColorClass(version), x: production, y: 0, width: weight, height: 8 })),
  ];
}

function drawSide(name, version, share) {
  return el("div", { class: "place" },
    el("span", { class: "label" }, name),
    el("span", { class: "version" },
      el("span", { class: `key ${getColorClass(version)}`, "aria-hidden": "true" }), `version ${version}`),
    el("span", { class: "label" }, share === 0 ? "compared only" : `${Number(share.toFixed(2))} % of requests`));
}

function describeSteps({ steps }, now) {
  if (!steps) return {};
  const since = formatAge(Date.parse(steps.since), now);
  const left = steps.ends_at === null ? "" : formatLeft(Date.parse(steps.ends_at), now);
  return { ...steps, since, left };
}

function drawSteps({ weights, current, since, left, promotes }) {
  if (!weights) return null;
  const names = [...weights.map((weight) => (weight === 0 ? "shadow" : `${weight} %`)), ...(promotes ? ["production"] : [])];
  const items = names.map((name, i) =>
    el("li", { class: i < current ? "done" : i === current ? "now" : null, "aria-current": i === current ? "step" : null }, name));
  return [
    el("ol", { class: "steps" }, items),
    el("p", { class: "detail" }, `Step ${current + 1} of ${weights.length}, since ${since}.${left}`),
  ];
}

const HEADINGS = ["Signal", "Canary", "Allowed", "Pairs", "Evidence of harm"];

function drawSignals({ signals }, host) {
  if (!signals.length) return null;
  const source = views.size > 1 ? `The process with the most evidence, of ${views.size}: ${host}. The controller adds up the pairs of all. ` : "";
  return el("table", { class: "signals" },
    el("caption", {}, `${source}Logarithmic from 1 : 1 to 125 : 1, which aborts. At 10 : 1 the rollout does not advance.`),
    el("thead", {}, el("tr", {}, HEADINGS.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, signals.map(drawSignal)));
}

function drawSignal({ name, mean, allowed, pairs, evidence, share, severity, note }) {
  return el("tr", { class: severity },
    el("th", { scope: "row" }, name),
    el("td", {}, mean),
    el("td", {}, allowed),
    el("td", {}, pairs.toLocaleString("en")),
    el("td", { class: "evidence" }, el("div", {}, drawEvidence(share), el("span", {}, evidence, note && el("span", { class: "detail" }, note)))));
}

/** Draws a bar with a mark at 10 : 1; the text beside it has the number. */
function drawEvidence(share) {
  const mark = 100 * HOLD_SHARE;
  return svg("svg", { class: "scale", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "rail", x: 0, y: 0, width: 100, height: 8 }),
    svg("rect", { class: "value", x: 0, y: 0, width: 100 * share, height: 8 }),
    svg("rect", { class: "mark", x: mark, y: 0, width: 0.7, height: 8 }));
}

function listFacts({ signals, ended_at: endedAt, pairs, answers, fallbacks, dropped }, now) {
  const count = (number) => number.toLocaleString("en");
  if (endedAt !== null) return [["Aborted", formatAge(Date.parse(endedAt), now), formatUtc(endedAt)]];
  if (!signals.length) return [];
  return [
    ["Pairs", count(pairs), "rows scored by both"],
    ["Answers", count(answers), "by the canary"],
    ["Fallbacks", count(fallbacks), "answered by production instead"],
    ["Not compared", count(dropped), "rows, too many at once"],
  ];
}

function drawFact([name, value, detail]) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value, el("span", { class: "detail" }, detail)));
}

function drawCommands(commands) {
  if (!commands.length) return null;
  return [el("p", { class: "detail" }, "In a terminal:"), el("div", { class: "commands" }, commands.map(drawCommand))];
}
