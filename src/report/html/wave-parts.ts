import { itemStates, type Report, type WaveFacts, type WaveItem } from '../../core/report/report.ts';
import { actionWord, countsWords, isFault, stateRank, timeWords, toneOf, tookWords } from '../words.ts';
import { html, type Html, nothing } from './escape.ts';
import { filters } from './filters.ts';
import { badge, section } from './run-parts.ts';
import { timeline } from './timeline.ts';

/** How a page is shown: as a file, or by a process that is at work, or that has just ended. */
export type Showing = 'file' | 'running' | 'ended';

/** How many faults of an item its row names. */
const mostFaults = 20;

/**
 * The timeline of a wave, and a row for each project: what needs eyes comes first. While the states still change, all of them can
 * be chosen.
 */
export function wavePart({ endedAt }: Report, { items }: WaveFacts, showing: Showing): Html {
  // Who looks on wants to see what is at work.
  const rank = ({ state }: WaveItem) => (showing === 'running' && state === 'running' ? -1 : stateRank(state));
  const sorted = [...items].sort((one, other) => rank(one) - rank(other));
  return html`${timeline(items, endedAt)}
  ${section(
    'items',
    'Projects',
    filters({
      of: 'items-table',
      kinds: items.flatMap(({ wave }) => wave ?? []),
      kindWord: 'All waves',
      actions: showing === 'file' ? sorted.map(({ state }) => state) : itemStates,
      actionWord: 'All states',
    }),
    html`<div class="card">
      <table id="items-table" class="stack">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Project</th>
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(row)}
        </tbody>
      </table>
    </div>`,
  )}`;
}

function row(item: WaveItem): Html {
  const { id, project, wave, owner, from, to, state, reason, error, run } = item;
  const about = joined([id === project ? undefined : id, wave, owner, `${from} → ${to}`]);
  const counts = run === undefined ? undefined : countsWords(run.tiles);
  const told = error?.message ?? reason;
  return html`<tr data-kind="${wave}" data-action="${state}" data-item="${id}">
    <td class="tight">${badge(state)}</td>
    <td><strong>${project}</strong>${line(about)}</td>
    <td class="wide">
      ${told ?? counts}${line(joined([error?.code, told === undefined ? undefined : counts, timesOf(item)]))}${more(item)}
    </td>
  </tr>`;
}

const joined = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(' · ');

const line = (text: string): Html => (text === '' ? nothing : html`<span class="soft">${text}</span>`);

function timesOf({ startedAt, endedAt }: WaveItem): string {
  if (startedAt === undefined) return '';
  return endedAt === undefined
    ? `since ${timeWords(startedAt)}`
    : `${timeWords(startedAt)}, took ${tookWords(startedAt, endedAt)}`;
}

/** What a person needs who looks after this one project. */
function more({ error, run }: WaveItem): Html {
  const faults = (run?.changes ?? []).filter(isFault);
  const lines = [
    ...(error?.hint === undefined ? [] : [html`<p>${error.hint}</p>`]),
    ...faults.slice(0, mostFaults).map((change) => {
      const why = change.reason === undefined ? '' : `: ${change.reason}`;
      return html`<p>${badge(actionWord(change), toneOf(change.became ?? ''))} ${change.kind} ${change.name}${why}</p>`;
    }),
    ...(faults.length > mostFaults ? [html`<p>and ${faults.length - mostFaults} more</p>`] : []),
    ...(run?.warnings ?? []).map((warning) => html`<p>Warning: ${warning}</p>`),
    ...(run?.left ?? []).map(({ instance, what }) => html`<p>Left on ${instance}: ${what}</p>`),
    ...(run?.jobs ?? []).map(({ handle, kind, state }) => html`<p>${kind} <code>${handle}</code>: ${state}</p>`),
    ...(run?.undo ?? []).map(
      (command) =>
        html`<p>To take it back:</p>
          <pre><code>${command}</code></pre>`,
    ),
  ];
  return lines.length === 0
    ? nothing
    : html`<details>
        <summary>Details</summary>
        ${lines}
      </details>`;
}
