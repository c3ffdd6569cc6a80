export interface Sample {
  /** Milliseconds. */
  readonly time: number;
  /** Bytes so far. */
  readonly done: number;
}

/** How far back the rate looks: long enough to be steady, short enough to show that a line went dead. */
const window = 10_000;

/** With the new sample, without those that no longer count. A count that went back starts anew: the transfer was repeated. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.done < last.done) return [sample];
  const recent = samples.filter(({ time }) => sample.time - time <= window);
  // Events may come by the thousand; a few a second are enough for a rate.
  const previous = recent.at(-2);
  const kept =
    previous !== undefined && (recent.at(-1)?.time ?? 0) - previous.time < 200 ? recent.slice(0, -1) : recent;
  return [...kept, sample];
}

/** Bytes per second over the window; undefined until there is something to tell. */
export function rateOf(samples: readonly Sample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.time - first.time < 500) return undefined;
  return ((last.done - first.done) * 1000) / (last.time - first.time);
}

/** Milliseconds until `total` at this rate. */
export function timeLeft(done: number, total: number | undefined, rate: number | undefined): number | undefined {
  if (total === undefined || rate === undefined || rate <= 0 || total < done) return undefined;
  return ((total - done) / rate) * 1000;
}

const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `512 B`, `1.5 MiB`: powers of 1024, one decimal. */
export function humanBytes(bytes: number): string {
  if (bytes < 1024) return `${String(Math.round(bytes))} B`;
  let value = bytes / 1024;
  let unit = 0;
  // 1023.95 would print as 1024.0.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 7 min`, `4 d 1 h`. */
export function humanDuration(milliseconds: number): string {
  if (milliseconds < 950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${String(amount)} ${unit}`)
    .join(' ');
}
