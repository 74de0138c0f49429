// Draws the answer to a prediction.

import { el } from "./dom.js";

export function drawPrediction({ model_version: version, predictions: [first] }, ms) {
  const bars = Object.entries(first.probabilities).map(([name, share]) =>
    el("div", { class: "bar" },
      el("span", {}, name),
      el("meter", { min: 0, max: 1, value: share ?? 0, "aria-label": name }),
      el("span", {}, share === null ? "–" : share.toFixed(3))));
  return el(
    "div",
    { class: "prediction" },
    el("p", { class: "detail" }, "Predicted label"),
    el("p", { class: "headline" }, String(first.label)),
    bars,
    el("p", { class: "detail" }, `version ${version} · ${ms.toFixed(0)} ms including the network`),
  );
}

export function drawProblem({ title, detail, request_id: id }) {
  return el(
    "div",
    { class: "note bad" },
    el("h3", {}, title ?? "No prediction"),
    el("p", {}, detail ?? ""),
    id && el("p", { class: "detail" }, `request ${id}`),
  );
}
