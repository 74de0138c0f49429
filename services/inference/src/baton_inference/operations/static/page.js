// Fetches the data every two seconds while the page is visible, and shows it.

import { byId, draw, el } from "./dom.js";
import { showForm } from "./form.js";
import { showMonitoring } from "./monitoring.js";
import { showMoves } from "./moves.js";
import { showNow } from "./now.js";
import { Rates } from "./rates.js";
import { showRollout } from "./rollout.js";
import { formatAge } from "./time.js";
import { showTraffic } from "./traffic.js";

const INTERVAL_MS = 2000;
const rates = new Rates();
let lastAt = null;

async function refresh() {
  try {
    const answer = await fetch("console/data", { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
    show(await answer.json());
    lastAt = Date.now();
    byId("lost").hidden = true;
  } catch (error) {
    showFailure(error);
  }
}

function show(data) {
  rates.add(data, performance.now());
  showNow(data);
  showTraffic(rates);
  showRollout(data);
  showMonitoring(data);
  showMoves(data);
  showForm(data.status.serving?.version ?? null).catch(showFailure);
  draw(byId("footer"), listProcesses(), drawFooter);
}

function showFailure(error) {
  const age = lastAt === null ? "" : ` Last update: ${formatAge(lastAt, Date.now())}.`;
  const note = byId("lost");
  note.textContent = `Inference does not answer (${error.message}).${age} The page retries every 2 seconds.`;
  note.hidden = false;
}

/** Lists the processes that answered lately; there may be several behind a proxy. */
function listProcesses() {
  return [...rates.processes.values()].map(({ host, serving }) => [host, serving]);
}

function drawFooter(processes) {
  const names = processes.map(([host, serving]) => `${host} (${serving === null ? "no version" : `version ${serving}`})`);
  const source = processes.length > 1 ? `Data from ${processes.length} processes: ${names.join(", ")}.` : `Data from host ${processes[0][0]}.`;
  return el("p", {}, `${source} This page is read-only.`);
}

async function run() {
  for (;;) {
    if (!document.hidden) await refresh();
    await new Promise((done) => { setTimeout(done, INTERVAL_MS); });
  }
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
run();
