// Request rate, errors and latency by version.

import { drawChart } from "./chart.js";
import { byId, draw, el } from "./dom.js";

const HUES = 6;
const hues = new Map();

/** The colour class of a version, the same for as long as the page is open. */
export function hue(version) {
  if (!hues.has(version)) hues.set(version, `hue${hues.size % HUES}`);
  return hues.get(version);
}

export function showTraffic(rates) {
  const rows = rates.rows().map((row) => cells(rates, row));
  byId("chart").replaceChildren(...(rows.length ? [drawChart(rates.history, hue)] : []));
  draw(byId("versions"), rows, drawTable);
}

function cells(rates, row) {
  const share = (count) => (row.requests > 0 ? percent(count / row.requests) : "–");
  return {
    version: row.version,
    cells: [
      row.rate >= 10 ? row.rate.toFixed(0) : row.rate.toFixed(1),
      share(row.failed),
      share(row.refused),
      seconds(rates.quantile(row.counts, 0.5)),
      seconds(rates.quantile(row.counts, 0.95)),
      row.total.toLocaleString("en"),
    ],
    alarming: row.failed > 0,
  };
}

const HEADINGS = ["Version", "Requests/s", "Failed", "Refused", "p50", "p95", "Total"];

function drawTable(rows) {
  if (!rows.length) return el("p", { class: "detail" }, "No request has come yet.");
  return el(
    "table",
    {},
    el("caption", {}, "The last minute; total: since the process started. Failed: 5xx, refused: 4xx."),
    el("thead", {}, el("tr", {}, HEADINGS.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, rows.map(drawRow)),
  );
}

function drawRow({ version, cells, alarming }) {
  const name = version === "" ? "none" : version;
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("span", { class: `key ${hue(version)}`, "aria-hidden": "true" }), name),
    cells.map((text, i) => el("td", { class: i === 1 && alarming ? "alarming" : null }, text)),
  );
}

function percent(share) {
  if (share === 0 || share === 1) return `${100 * share} %`;
  return share < 0.001 ? "<0.1 %" : `${(100 * share).toFixed(1)} %`;
}

function seconds(value) {
  if (value === null) return "–";
  const ms = 1000 * value;
  return ms >= 1000 ? `${value.toFixed(1)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
