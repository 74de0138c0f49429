// Creates elements. Text is always set as text, so nothing from the registry is parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Creates an element with attributes and children; skips null and false children. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Creates an SVG element in the same way. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

const drawnData = new WeakMap();

/** Redraws `node` only if `data` changed, so focus stays and screen readers do not repeat it. */
export function draw(node, data, render) {
  const key = JSON.stringify(data);
  if (drawnData.get(node) === key) return;
  drawnData.set(node, key);
  node.replaceChildren(...[render(data)].flat().filter(Boolean));
}

/** Draws a command with a button that copies it. */
export function drawCommand(text) {
  const line = el("div", { class: "command" }, el("code", {}, text));
  if (navigator.clipboard) {
    const button = el("button", { type: "button", "aria-label": `Copy: ${text}` }, "Copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    line.append(button);
  }
  return line;
}

/** Draws a link to another page, or only its text if there is no URL. */
export function drawLink(href, text) {
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, text) : text;
}
