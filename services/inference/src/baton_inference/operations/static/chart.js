// Draws requests per second over the last minutes, stacked by version: a swap changes the color.

import { el, svg } from "./dom.js";

const [WIDTH, HEIGHT] = [600, 100];
const [MIN_SPAN_MS, MAX_SPAN_MS] = [60_000, 300_000];

export function drawChart(history, colorClass) {
  const end = history.at(-1).at;
  const span = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, end - history[0].at));
  const versions = [...new Set(history.flatMap((point) => Object.keys(point.rates)))];
  const totals = history.map((point) => sum(Object.values(point.rates)));
  const highest = Math.max(...totals);
  const top = Math.max(1, highest);
  const x = (at) => (WIDTH * (1 - (end - at) / span)).toFixed(1);
  const y = (rate) => (HEIGHT * (1 - rate / top)).toFixed(1);
  const areas = versions.map((version, i) => {
    const upper = history.map((point) => [x(point.at), y(sumUpTo(point, versions, i + 1))]);
    const lower = history.map((point) => [x(point.at), y(sumUpTo(point, versions, i))]).reverse();
    const points = [...upper, ...lower].map((pair) => pair.join(",")).join(" ");
    return svg("polygon", { class: colorClass(version), points });
  });
  const label = `Requests per second: ${totals.at(-1).toFixed(1)} now, ${highest.toFixed(1)} at most`;
  const box = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label };
  return el("div", { class: "chart" }, svg("svg", box, areas), drawAxis(span, highest));
}

function drawAxis(span, highest) {
  const minutes = Math.round(span / 60_000);
  return el("p", { class: "axis" },
    el("span", {}, minutes === 1 ? "1 minute ago" : `${minutes} minutes ago`),
    el("span", {}, `peak ${highest.toFixed(highest < 10 ? 1 : 0)}/s`),
    el("span", {}, "now"));
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const sumUpTo = (point, versions, count) => sum(versions.slice(0, count).map((version) => point.rates[version] ?? 0));
