// The prediction form: one field per column of the serving version's schema.

import { byId, el } from "./dom.js";
import { drawPrediction, drawProblem } from "./prediction.js";

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
let drawnVersion; // the version whose form is on the page

/** Redraws the form after a swap; keeps the input of columns that still exist. */
export async function showForm(version) {
  if (version === drawnVersion) return;
  drawnVersion = version;
  const form = byId("form");
  if (version === null) {
    form.replaceChildren(el("p", { class: "detail" }, "The form appears when a version is serving."));
    return;
  }
  const answer = await fetch("openapi.json");
  if (!answer.ok) { drawnVersion = undefined; return; }
  const { columns, example } = readSchema(await answer.json());
  const input = Object.fromEntries(new FormData(form));
  form.replaceChildren(
    el("div", { class: "fields" }, columns.map((column) => drawField(column, input[column.name] ?? example[column.name]))),
    el("button", { type: "submit" }, "Predict"),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    predict(form, columns);
  };
}

function readSchema(openapi) {
  const schema = openapi.components.schemas.Instances.properties.instances.items;
  const example = openapi.paths["/predict"].post.requestBody.content["application/json"].example;
  const columns = Object.entries(schema.properties ?? {}).map(([name, column]) => ({
    name,
    type: [column.type].flat()[0],
    choices: column.type === "boolean" ? ["true", "false"] : (column.examples ?? []).map(String),
    optional: !schema.required.includes(name),
  }));
  return { columns, example: example?.instances[0] ?? {} };
}

function drawField(column, value) {
  const id = `field-${column.name}`;
  const common = { id, name: column.name, "aria-describedby": `${id}-error`, autocomplete: "off" };
  const text = value === null || value === undefined ? "" : String(value);
  let input;
  if (column.choices.length) {
    const choices = [...new Set([...(column.optional || text === "" ? [""] : []), ...column.choices, text])];
    input = el("select", common, choices.map((choice) => el("option", { value: choice, selected: choice === text }, choice || "missing")));
  } else {
    input = el("input", { ...common, value: text, inputmode: column.type === "string" ? null : "decimal", placeholder: column.optional ? "missing" : null });
  }
  return el(
    "div",
    {},
    el("label", { for: id }, column.name),
    input,
    el("p", { class: "error", id: `${id}-error` }),
  );
}

/** Writes the instance as JSON text, so numbers of any size stay as typed. */
function writeInstance(form, columns) {
  const values = new FormData(form);
  const pairs = columns.flatMap(({ name, type, optional }) => {
    const text = String(values.get(name) ?? "").trim();
    if (text === "" && (optional || type !== "string")) return [];
    const isBare = type === "boolean" ? /^(true|false)$/.test(text) : type !== "string" && NUMBER.test(text);
    return [`${JSON.stringify(name)}:${isBare ? text : JSON.stringify(text)}`];
  });
  return `{"instances":[{${pairs.join(",")}}]}`;
}

async function predict(form, columns) {
  const button = form.querySelector("button");
  const started = performance.now();
  button.disabled = true;
  try {
    const body = writeInstance(form, columns);
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("predict", { method: "POST", headers, body });
    const result = await answer.json();
    markErrors(columns, result.errors ?? []);
    byId("answer").replaceChildren(answer.ok ? drawPrediction(result, performance.now() - started) : drawProblem(result));
  } catch {
    byId("answer").replaceChildren(el("p", { class: "note bad" }, "Inference did not answer. Check that it is running."));
  } finally {
    button.disabled = false;
  }
}

function markErrors(columns, errors) {
  for (const { name } of columns) {
    const error = errors.find(({ column }) => column === name);
    const input = byId(`field-${name}`);
    input.toggleAttribute("aria-invalid", Boolean(error));
    byId(`field-${name}-error`).textContent = error?.message ?? "";
  }
}
