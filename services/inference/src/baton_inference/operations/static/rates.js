// Computes rates, errors and percentiles per version from the counters of all processes.

const WINDOW_MS = 60_000;
const HISTORY_MS = 300_000;
const GONE_MS = 15_000;

export class Rates {
  constructor() {
    this.processes = new Map(); // id -> {host, serving, samples: [{at, versions}]}, oldest first
    this.history = []; // {at, rates: {version: requests per second}}
  }

  /** Adds one document, received at `at` (milliseconds). */
  add(data, at) {
    const { id, host } = data.process;
    const versions = Object.fromEntries(data.traffic.versions.map((one) => [one.version, one]));
    const known = this.processes.get(id) ?? { host, samples: [] };
    known.samples.push({ at, versions });
    known.samples = known.samples.filter((sample) => at - sample.at <= WINDOW_MS);
    known.serving = data.status.serving?.version ?? null;
    this.processes.set(id, known);
    this.bounds = data.traffic.bounds_s;
    for (const [other, { samples }] of this.processes) {
      if (at - samples.at(-1).at > GONE_MS) this.processes.delete(other);
    }
    this.history.push({ at, rates: this.#computeRates() });
    this.history = this.history.filter((point) => at - point.at <= HISTORY_MS);
  }

  /** Lists one row per version: its requests in the last minute, and in total. */
  listRows() {
    const rows = new Map();
    for (const { samples } of this.processes.values()) {
      const [first, last] = [samples[0], samples.at(-1)];
      for (const [version, now] of Object.entries(last.versions)) {
        const before = first.versions[version] ?? createCounters(now);
        const row = rows.get(version) ?? createRow(version, now);
        const seconds = (last.at - first.at) / 1000;
        row.total += now.requests;
        row.requests += now.requests - before.requests;
        row.rejected += now.rejected - before.rejected;
        row.failed += now.failed - before.failed;
        row.counts = row.counts.map((sum, i) => sum + now.counts[i] - before.counts[i]);
        row.rate += seconds > 0 ? (now.requests - before.requests) / seconds : 0;
        rows.set(version, row);
      }
    }
    return [...rows.values()].reverse();
  }

  /** Computes the duration in seconds that this share of requests stays below; null if none. */
  computeQuantile(counts, share) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total <= 0) return null;
    let below = 0;
    for (const [i, count] of counts.entries()) {
      if (below + count >= share * total && count > 0) {
        const low = i === 0 ? 0 : this.bounds[i - 1];
        const high = this.bounds[i] ?? low;
        return low + ((high - low) * (share * total - below)) / count;
      }
      below += count;
    }
    return this.bounds.at(-1);
  }

  #computeRates() {
    const rates = {};
    for (const { samples } of this.processes.values()) {
      if (samples.length < 2) continue;
      const [before, now] = samples.slice(-2);
      for (const [version, one] of Object.entries(now.versions)) {
        const requests = one.requests - (before.versions[version]?.requests ?? 0);
        rates[version] = (rates[version] ?? 0) + (1000 * requests) / (now.at - before.at);
      }
    }
    return rates;
  }
}

const createCounters = (one) => ({ requests: 0, rejected: 0, failed: 0, counts: one.counts.map(() => 0) });
const createRow = (version, one) => ({ version, ...createCounters(one), rate: 0, total: 0 });
