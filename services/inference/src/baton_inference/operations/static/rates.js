// Rates, errors and percentiles by version, from the counters of every process that has answered.

const WINDOW_MS = 60_000;
const HISTORY_MS = 300_000;
const GONE_MS = 15_000;

export class Rates {
  constructor() {
    this.processes = new Map(); // id to {host, samples: [{at, bounds, versions}]}, oldest first
    this.history = []; // {at, rates: {version: requests a second}}
  }

  /** Takes in one document, received at `at` (milliseconds). */
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
    this.history.push({ at, rates: this.#current() });
    this.history = this.history.filter((point) => at - point.at <= HISTORY_MS);
  }

  /** A row for each version: what it was asked within the last minute, and in total. */
  rows() {
    const rows = new Map();
    for (const { samples } of this.processes.values()) {
      const [first, last] = [samples[0], samples.at(-1)];
      for (const [version, now] of Object.entries(last.versions)) {
        const before = first.versions[version] ?? emptyLike(now);
        const row = rows.get(version) ?? emptyRow(version, now);
        const seconds = (last.at - first.at) / 1000;
        row.total += now.requests;
        row.requests += now.requests - before.requests;
        row.refused += now.refused - before.refused;
        row.failed += now.failed - before.failed;
        row.counts = row.counts.map((sum, i) => sum + now.counts[i] - before.counts[i]);
        row.rate += seconds > 0 ? (now.requests - before.requests) / seconds : 0;
        rows.set(version, row);
      }
    }
    return [...rows.values()].reverse();
  }

  /** The duration in seconds that this share of the requests did not exceed; null without any. */
  quantile(counts, share) {
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

  #current() {
    const rates = {};
    for (const { samples } of this.processes.values()) {
      if (samples.length < 2) continue;
      const [before, now] = samples.slice(-2);
      for (const [version, one] of Object.entries(now.versions)) {
        const asked = one.requests - (before.versions[version]?.requests ?? 0);
        rates[version] = (rates[version] ?? 0) + (1000 * asked) / (now.at - before.at);
      }
    }
    return rates;
  }
}

const emptyLike = (one) => ({ requests: 0, refused: 0, failed: 0, counts: one.counts.map(() => 0) });
const emptyRow = (version, one) => ({ version, ...emptyLike(one), rate: 0, total: 0 });
