// The history of the alias, newest move first, and the way to roll back.

import { byId, draw, drawCommand, el } from "./dom.js";
import { formatUtc } from "./time.js";

const MAX_OPEN_MOVES = 5;
const NOT_READ = "Baton has not read the alias history from the registry yet.";

export function showMoves({ rollback, moves, moves_read_at: readAt }) {
  draw(byId("rollback"), [rollback, readAt], () => drawRollback(rollback, readAt));
  draw(byId("moves"), [moves, readAt], () => drawMoves(moves, readAt));
}

function drawRollback(rollback, readAt) {
  if (!readAt) return el("p", { class: "detail" }, NOT_READ);
  if (!rollback) return el("p", { class: "detail" }, "There is no earlier version to roll back to.");
  return [
    el("p", {}, `Roll back to version ${rollback.to}, the previously promoted version. In a terminal:`),
    drawCommand(rollback.command),
    el(
      "p",
      { class: "detail" },
      "With Docker Compose: ",
      el("code", {}, "docker compose run --rm trainer rollback --wait"),
    ),
  ];
}

function drawMoves(moves, readAt) {
  if (!readAt) return el("p", { class: "detail" }, NOT_READ);
  if (!moves.length) return el("p", { class: "detail" }, "The alias has not moved yet.");
  const items = moves.toReversed().map(drawMove);
  const earlier = items.slice(MAX_OPEN_MOVES);
  return [
    el("ol", { class: "moves" }, items.slice(0, MAX_OPEN_MOVES)),
    earlier.length > 0 &&
      el(
        "details",
        {},
        el("summary", {}, `Show ${earlier.length} earlier`),
        el("ol", { class: "moves" }, earlier),
      ),
  ];
}

function drawMove(move) {
  return el(
    "li",
    { class: move.how },
    el("p", { class: "step" },
      el("span", { class: "from" }, move.from ?? "none"),
      el("span", { role: "img", "aria-label": "to" }, " → "),
      el("strong", {}, move.to ?? "none"),
      el("span", { class: "how" }, move.how)),
    el("p", {}, move.reason ? el("bdi", {}, move.reason) : el("span", { class: "detail" }, "no reason given")),
    el("p", { class: "detail" }, el("bdi", {}, move.by || "unknown"), " · ", el("time", { datetime: move.at }, formatUtc(move.at))),
  );
}
