// How the alias came to be where it is, the last move first.

import { byId, command, draw, el } from "./dom.js";
import { utc } from "./time.js";

const SHOWN = 5;

export function showMoves(data) {
  draw(byId("rollback"), { ...data.rollback }, drawRollback);
  draw(byId("moves"), [data.moves, data.moves_read_at], ([moves, readAt]) => drawMoves(moves, readAt));
}

function drawRollback(rollback) {
  if (!rollback.to) return el("p", { class: "detail" }, "No version was promoted before.");
  return [
    el("p", {}, `To version ${rollback.to}, which was promoted before; in a terminal:`),
    command(rollback.command),
    el(
      "p",
      { class: "detail" },
      "In the container stack: ",
      el("code", {}, "docker compose run --rm trainer rollback --wait"),
    ),
  ];
}

function drawMoves(moves, readAt) {
  if (!readAt) return el("p", { class: "detail" }, "Not read from the registry yet.");
  if (!moves.length) return el("p", { class: "detail" }, "None is known.");
  const items = moves.toReversed().map(drawMove);
  const earlier = items.slice(SHOWN);
  return [
    el("ol", { class: "moves" }, items.slice(0, SHOWN)),
    earlier.length > 0 &&
      el(
        "details",
        {},
        el("summary", {}, `${earlier.length} earlier`),
        el("ol", { class: "moves" }, earlier),
      ),
  ];
}

function drawMove(move) {
  const to = move.to === null ? "none" : move.to;
  return el(
    "li",
    { class: move.how },
    el("p", { class: "step" },
      el("span", { class: "from" }, move.from ?? "none"),
      el("span", { role: "img", "aria-label": "to" }, " → "),
      el("strong", {}, to),
      el("span", { class: "how" }, move.how)),
    el("p", {}, move.reason ? el("bdi", {}, move.reason) : el("span", { class: "detail" }, "no reason given")),
    el("p", { class: "detail" }, el("bdi", {}, move.by || "unknown"), " · ", el("time", { datetime: move.at }, utc(move.at))),
  );
}
