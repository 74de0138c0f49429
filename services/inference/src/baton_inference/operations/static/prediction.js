// Draws the answer to a prediction.

import { el } from "./dom.js";

/** Draws an answer; the keys of the prediction depend on the task. */
export function drawPrediction({ model_version: version, predictions: [first] }, ms) {
  const { title, headline = null, rows = [] } = describe(first);
  return el(
    "div",
    { class: "prediction" },
    el("p", { class: "detail" }, title),
    headline !== null && el("p", { class: "headline" }, headline),
    rows,
    el("p", { class: "detail" }, `version ${version} · ${ms.toFixed(0)} ms including the network`),
  );
}

function describe({ label, labels, probabilities, score, value, values }) {
  if (values) return { title: "Predicted values", rows: drawNumbers(values) };
  if (value !== undefined) return { title: "Predicted value", headline: formatNumber(value) };
  if (score !== undefined) {
    return { title: "Anomaly detection", headline: label === -1 ? "Anomaly" : "Normal", rows: drawNumbers({ label, score }) };
  }
  const rows = drawProbabilities(probabilities);
  if (!labels) return { title: "Predicted label", headline: String(label), rows };
  const positive = Object.keys(labels).filter((name) => labels[name] === 1);
  return { title: "Predicted labels", headline: positive.join(", ") || "None", rows };
}

function drawProbabilities(probabilities) {
  return Object.entries(probabilities).map(([name, share]) =>
    el("div", { class: "bar" },
      el("span", {}, name),
      el("meter", { min: 0, max: 1, value: share ?? 0, "aria-label": name }),
      el("span", {}, share === null ? "–" : share.toFixed(3))));
}

function drawNumbers(numbers) {
  return el("dl", { class: "numbers" }, Object.entries(numbers).map(([name, number]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, formatNumber(number)))));
}

/** Seven digits are what a 32-bit number holds. */
function formatNumber(number) {
  return number === null ? "–" : String(Number(number.toPrecision(7)));
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
