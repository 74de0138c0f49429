// A form for one instance, made from the live schema; the answer is the service's own.

import { byId, el } from "./dom.js";

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
let shownFor; // the version that the form was made for

/** Makes the form anew when another version serves; what was typed stays where its column does. */
export async function showForm(version) {
  if (version === shownFor) return;
  shownFor = version;
  const form = byId("form");
  if (version === null) {
    form.replaceChildren(el("p", { class: "detail" }, "There is nothing to try before a version serves."));
    return;
  }
  const answer = await fetch("openapi.json");
  if (!answer.ok) { shownFor = undefined; return; }
  const { columns, example } = read(await answer.json());
  const typed = Object.fromEntries(new FormData(form));
  form.replaceChildren(
    el("div", { class: "fields" }, columns.map((column) => field(column, typed[column.name] ?? example[column.name]))),
    el("button", { type: "submit" }, "Predict"),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    predict(form, columns);
  };
}

function read(openapi) {
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

function field(column, value) {
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

/** The instance as JSON text: numbers as they were typed, whatever their size. */
function instanceText(form, columns) {
  const values = new FormData(form);
  const pairs = columns.flatMap(({ name, type }) => {
    const text = String(values.get(name) ?? "").trim();
    if (text === "" && type !== "string") return [];
    if (text === "" && columns.find((column) => column.name === name).optional) return [];
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
    const body = instanceText(form, columns);
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("predict", { method: "POST", headers, body });
    const told = await answer.json();
    markErrors(columns, told.errors ?? []);
    byId("answer").replaceChildren(answer.ok ? prediction(told, performance.now() - started) : problem(told));
  } catch {
    byId("answer").replaceChildren(el("p", { class: "note bad" }, "No answer; is inference up?"));
  } finally {
    button.disabled = false;
  }
}

function markErrors(columns, errors) {
  for (const { name } of columns) {
    const found = errors.find((error) => error.column === name);
    const input = byId(`field-${name}`);
    input.toggleAttribute("aria-invalid", Boolean(found));
    byId(`field-${name}-error`).textContent = found?.message ?? "";
  }
}

function prediction({ model_version: version, predictions: [first] }, ms) {
  const bars = Object.entries(first.probabilities).map(([name, share]) =>
    el("div", { class: "bar" },
      el("span", {}, name),
      el("meter", { min: 0, max: 1, value: share ?? 0, "aria-label": name }),
      el("span", {}, share === null ? "–" : share.toFixed(3))));
  return el(
    "div",
    { class: "prediction" },
    el("p", { class: "headline" }, String(first.label)),
    bars,
    el("p", { class: "detail" }, `version ${version}, ${ms.toFixed(0)} ms with the network`),
  );
}

function problem({ title, detail, request_id: id }) {
  return el(
    "div",
    { class: "note bad" },
    el("h3", {}, title ?? "No prediction"),
    el("p", {}, detail ?? ""),
    id && el("p", { class: "detail" }, `request ${id}`),
  );
}
