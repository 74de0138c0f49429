// Asks for the data every two seconds while somebody looks, and shows them.

import { byId, draw, el } from "./dom.js";
import { showForm } from "./form.js";
import { showMoves } from "./moves.js";
import { showNow } from "./now.js";
import { Rates } from "./rates.js";
import { ago } from "./time.js";
import { showTraffic } from "./traffic.js";

const INTERVAL_MS = 2000;
const rates = new Rates();
let lastAt = null;

async function look() {
  try {
    const answer = await fetch("console/data", { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    show(await answer.json());
    lastAt = Date.now();
    byId("lost").hidden = true;
  } catch (error) {
    lost(error);
  }
}

function show(data) {
  rates.add(data, performance.now());
  showNow(data);
  showTraffic(rates);
  showMoves(data);
  showForm(data.status.serving?.version ?? null).catch(lost);
  draw(byId("footer"), processes(data), drawFooter);
}

function lost(error) {
  const since = lastAt === null ? "" : ` What you see is from ${ago(lastAt, Date.now())}.`;
  const note = byId("lost");
  note.textContent = `Inference does not answer this page (${error.message}).${since}`;
  note.hidden = false;
}

/** Who has answered lately: behind a proxy, several processes take turns. */
function processes(data) {
  return [...rates.processes.values()].map(({ host, serving }) => [host, serving]);
}

function drawFooter(all) {
  const one = ([host, serving]) => `${host} (${serving === null ? "none" : `version ${serving}`})`;
  const who = all.length > 1 ? `${all.length} processes take turns: ${all.map(one).join(", ")}.` : `Answered by ${all[0][0]}.`;
  return el("p", {}, `${who} This page only reads.`);
}

async function run() {
  for (;;) {
    if (!document.hidden) await look();
    await new Promise((done) => { setTimeout(done, INTERVAL_MS); });
  }
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
run();
