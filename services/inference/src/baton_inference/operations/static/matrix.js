// The prediction form's field for a row of a matrix: its numbers, separated by commas.

import { byId, el } from "./dom.js";

/** A number as JSON writes it. */
export const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const ID = "field-matrix";

export function drawMatrixField(width, example) {
  const text = (example ?? Array(width).fill(0)).join(", ");
  return el(
    "div",
    { class: "matrix" },
    el("label", { for: ID }, `${width} numbers, separated by commas`),
    el("textarea", { id: ID, name: "matrix", rows: width > 8 ? 4 : 1, "aria-describedby": `${ID}-error`, spellcheck: "false" }, text),
    el("p", { class: "error", id: `${ID}-error` }),
  );
}

/** Writes the row as JSON text, so numbers of any size stay as typed. */
export function writeMatrix(form) {
  const cells = String(new FormData(form).get("matrix")).split(/[\s,;]+/).filter(Boolean);
  return `[${cells.map((cell) => (NUMBER.test(cell) ? cell : JSON.stringify(cell))).join(",")}]`;
}

/** Columns are counted from 0, as in the answer. */
export function markMatrixErrors(errors) {
  byId(ID).toggleAttribute("aria-invalid", errors.length > 0);
  byId(`${ID}-error`).textContent = errors.slice(0, 5).map(({ column, message }) => `[${column}] ${message}`).join("; ");
}
