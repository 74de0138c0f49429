// Makes elements. Text is always set as text: what comes from the registry is never read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; null and false among the children are left out. */
export function el(tag, attributes = {}, ...children) {
  return made(document.createElement(tag), attributes, children);
}

/** The same for a part of a drawing. */
export function svg(tag, attributes = {}, ...children) {
  return made(document.createElementNS(SVG, tag), attributes, children);
}

function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

const drawn = new WeakMap();

/** Draws into `node` if `data` is not what it was drawn from: focus and screen readers stay calm. */
export function draw(node, data, render) {
  const key = JSON.stringify(data);
  if (drawn.get(node) === key) return;
  drawn.set(node, key);
  node.replaceChildren(...[render(data)].flat().filter(Boolean));
}

/** A command to copy. */
export function command(text) {
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

/** A link into another page; its text alone where there is nothing to link to. */
export function link(href, text) {
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, text) : text;
}
