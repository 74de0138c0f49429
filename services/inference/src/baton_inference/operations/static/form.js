// The prediction form: one field per column of the serving version's schema, or one for a matrix.

import { byId, el } from "./dom.js";
import { NUMBER, drawMatrixField, markMatrixErrors, writeMatrix } from "./matrix.js";
import { drawPrediction, drawProblem } from "./prediction.js";

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
  const { instance, example } = readSchema(await answer.json());
  const input = Object.fromEntries(new FormData(form));
  const fields = instance.type === "array" ? buildMatrix(instance, example) : buildColumns(instance, example ?? {}, input);
  form.replaceChildren(fields.element, el("button", { type: "submit" }, "Predict"));
  form.onsubmit = (event) => {
    event.preventDefault();
    predict(form, fields);
  };
}

function readSchema(openapi) {
  const instance = openapi.components.schemas.Instances.properties.instances.items;
  const example = openapi.paths["/predict"].post.requestBody.content["application/json"].example;
  return { instance, example: example?.instances[0] };
}

function buildColumns(instance, example, input) {
  const columns = Object.entries(instance.properties ?? {}).map(([name, column]) => ({
    name,
    type: [column.type].flat()[0],
    choices: column.type === "boolean" ? ["true", "false"] : (column.examples ?? []).map(String),
    optional: !instance.required.includes(name),
  }));
  return {
    element: el("div", { class: "fields" }, columns.map((column) => drawField(column, input[column.name] ?? example[column.name]))),
    write: (form) => writeInstance(form, columns),
    mark: (errors) => markErrors(columns, errors),
  };
}

function buildMatrix(instance, example) {
  return { element: drawMatrixField(instance.maxItems, example), write: writeMatrix, mark: markMatrixErrors };
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
  return `{${pairs.join(",")}}`;
}

async function predict(form, fields) {
  const button = form.querySelector("button");
  const started = performance.now();
  button.disabled = true;
  try {
    const body = `{"instances":[${fields.write(form)}]}`;
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("predict", { method: "POST", headers, body });
    const result = await answer.json();
    fields.mark(result.errors ?? []);
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
