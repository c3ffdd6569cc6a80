import type { ItemState, WaveItem } from '../../core/report/report.ts';
import { plural } from '../../plural.ts';
import { timeWords, type Tone, toneOf } from '../words.ts';
import { html, type Html, nothing } from './escape.ts';

interface Bar {
  readonly instance: string;
  readonly start: number;
  readonly end: number;
  readonly state: ItemState;
  readonly title: string;
}

const rowHeight = 12;
const barHeight = 9;
const axisHeight = 18;
/** The narrowest bar, in percent of the width: a job of a second in a night is still a bar. */
const narrowest = 0.4;
const ticks = 4;

/**
 * What ran when on which instance: for each instance a drawing with as many rows as jobs ran at once. Widths are percentages, so
 * that it fits every window. `endedAt` is the end of what still runs.
 */
export function timeline(items: readonly WaveItem[], endedAt: string): Html {
  const now = Date.parse(endedAt);
  const bars = items.flatMap(({ project, state, spans }) =>
    spans.map(({ instance, what, startedAt, endedAt: end }): Bar => {
      const times = `${clock(startedAt)}–${end === undefined ? 'now' : clock(end)}`;
      const last = end === undefined ? now : Date.parse(end);
      const title = `${project}: ${what} on ${instance}, ${times}, ${state}`;
      return { instance, start: Date.parse(startedAt), end: Math.max(last, Date.parse(startedAt)), state, title };
    }),
  );
  if (bars.length === 0) return nothing;
  const first = Math.min(...bars.map(({ start }) => start));
  const last = Math.max(...bars.map(({ end }) => end), first + 1000);
  const instances = [...new Set(bars.map(({ instance }) => instance))];
  const lanes = instances.map((name) =>
    lane(
      name,
      bars.filter(({ instance }) => instance === name),
      first,
      last,
    ),
  );
  return html`<section aria-labelledby="timeline">
    <h2 id="timeline">Timeline</h2>
    <div class="card">${lanes} ${key(bars)}</div>
  </section>`;
}

function lane(instance: string, bars: readonly Bar[], first: number, last: number): Html {
  const rows = packed(bars);
  const height = rows.length * rowHeight + axisHeight;
  const share = (time: number): number => ((time - first) / (last - first)) * 100;
  const label = `${instance}: ${plural(bars.length, 'job')} from ${timeWords(new Date(first).toISOString())} to ${timeWords(new Date(last).toISOString())}`;
  const drawn = rows.flatMap((row, index) =>
    row.map(({ start, end, state, title }) => {
      const width = Math.max(narrowest, share(end) - share(start));
      const left = Math.min(share(start), 100 - width);
      return html`<rect
        class="${toneOf(state)}"
        x="${percent(left)}"
        y="${index * rowHeight}"
        width="${percent(width)}"
        height="${barHeight}"
        rx="2"
        ><title>${title}</title></rect
      > `;
    }),
  );
  return html`<figure class="lane">
    <figcaption>
      ${instance} <span class="soft">${plural(bars.length, 'job')}, at most ${rows.length} at once</span>
    </figcaption>
    <svg width="100%" height="${height}" role="img" aria-label="${label}">${axis(first, last, height)}${drawn}</svg>
  </figure> `;
}

/** The bars in as few rows as do not overlap: each one in the first row that is free. */
function packed(bars: readonly Bar[]): readonly (readonly Bar[])[] {
  const rows: Bar[][] = [];
  for (const bar of [...bars].sort((one, other) => one.start - other.start)) {
    const free = rows.find((row) => (row.at(-1)?.end ?? 0) <= bar.start);
    if (free === undefined) rows.push([bar]);
    else free.push(bar);
  }
  return rows;
}

function axis(first: number, last: number, height: number): readonly Html[] {
  return Array.from({ length: ticks + 1 }, (_, index) => {
    const at = percent((index / ticks) * 100);
    const anchor = index === 0 ? 'start' : index === ticks ? 'end' : 'middle';
    const time = new Date(first + ((last - first) * index) / ticks).toISOString();
    const text = last - first < 10 * 60_000 ? time.slice(11, 19) : clock(time);
    return html`<line x1="${at}" x2="${at}" y1="0" y2="${height - axisHeight + 2}" /><text
        x="${at}"
        y="${height - 4}"
        text-anchor="${anchor}"
        >${text}</text
      > `;
  });
}

const legend: readonly (readonly [Tone, string])[] = [
  ['good', 'done'],
  ['warn', 'partial or interrupted'],
  ['bad', 'failed'],
  ['calm', 'other'],
];

function key(bars: readonly Bar[]): Html {
  const tones = new Set(bars.map(({ state }) => toneOf(state)));
  const shown = legend.filter(([tone]) => tones.has(tone));
  return html`<p class="key">
    ${shown.map(([tone, word]) => html`<span><i class="${tone}"></i>${word}</span>`)}<span>Times are in UTC.</span>
  </p>`;
}

const clock = (iso: string): string => iso.slice(11, 16);
const percent = (value: number): string => `${Number(value.toFixed(3))}%`;
