// Request rate, errors and latency per version.

import { drawChart } from "./chart.js";
import { byId, draw, el } from "./dom.js";

const COLORS = 6;
const colorClasses = new Map();

/** Returns the color class of a version; it stays the same while the page is open. */
export function getColorClass(version) {
  if (!colorClasses.has(version)) colorClasses.set(version, `hue${colorClasses.size % COLORS}`);
  return colorClasses.get(version);
}

export function showTraffic(rates) {
  const rows = rates.listRows().map((row) => formatRow(rates, row));
  byId("chart").replaceChildren(...(rows.length ? [drawChart(rates.history, getColorClass)] : []));
  draw(byId("versions"), rows, drawTable);
}

function formatRow(rates, row) {
  const formatShare = (count) => (row.requests > 0 ? formatPercent(count / row.requests) : "–");
  return {
    version: row.version,
    cells: [
      row.rate >= 10 ? row.rate.toFixed(0) : row.rate.toFixed(1),
      formatShare(row.failed),
      formatShare(row.rejected),
      formatSeconds(rates.computeQuantile(row.counts, 0.5)),
      formatSeconds(rates.computeQuantile(row.counts, 0.95)),
      row.total.toLocaleString("en"),
    ],
    hasFailures: row.failed > 0,
  };
}

const HEADINGS = ["Version", "Requests/s", "Failed", "Rejected", "p50", "p95", "Total"];

function drawTable(rows) {
  if (!rows.length) return el("p", { class: "detail" }, "No requests yet.");
  return el(
    "table",
    {},
    el("caption", {},
      "Last minute. Failed: 5xx.",
      el("span", { class: "wide" }, " Rejected: 4xx. Total: since start.")),
    el("thead", {}, el("tr", {}, HEADINGS.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, rows.map(drawRow)),
  );
}

function drawRow({ version, cells, hasFailures }) {
  const name = version === "" ? "none" : version;
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("span", { class: `key ${getColorClass(version)}`, "aria-hidden": "true" }), name),
    cells.map((text, i) => el("td", { class: i === 1 && hasFailures ? "alarming" : null }, text)),
  );
}

function formatPercent(share) {
  if (share === 0 || share === 1) return `${100 * share} %`;
  return share < 0.001 ? "<0.1 %" : `${(100 * share).toFixed(1)} %`;
}

function formatSeconds(value) {
  if (value === null) return "–";
  const ms = 1000 * value;
  return ms >= 1000 ? `${value.toFixed(1)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
