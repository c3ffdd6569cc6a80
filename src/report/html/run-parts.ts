import { humanBytes } from '../../amounts.ts';
import type { Change, Report, RunFacts } from '../../core/report/report.ts';
import {
  actionOf,
  actionWord,
  differenceWords,
  refWords,
  signerWords,
  timeWords,
  toneOf,
  tookWords,
} from '../words.ts';
import { html, type Html, nothing } from './escape.ts';
import { filters } from './filters.ts';

export const badge = (word: string, tone = toneOf(word)): Html =>
  html`<span class="badge ${tone}">${word.replace('-', ' ')}</span>`;

/** A heading that can be jumped to, and what belongs to it. */
export function section(id: string, title: string, ...content: readonly Html[]): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section> `;
}

/** The plan or the result: what is overwritten and deleted comes first, as in the document. */
export function changesPart({ dryRun }: Report, { changes }: RunFacts): Html {
  if (changes.length === 0) return nothing;
  const rows = changes.map(changeRow);
  return section(
    'changes',
    dryRun ? 'What would change' : 'What changed',
    filters({
      of: 'changes-table',
      kinds: changes.map(({ kind }) => kind),
      kindWord: 'All kinds',
      actions: changes.map(actionOf),
      actionWord: 'All actions',
    }),
    html`<div class="card">
      <table id="changes-table" class="stack">
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col">Kind</th>
            <th scope="col">Name</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`,
  );
}

function changeRow(change: Change): Html {
  const { kind, name, reason, wanted } = change;
  const action = actionOf(change);
  const note = [reason, wanted === true ? 'as asked' : undefined].filter((part) => part !== undefined).join('; ');
  return html`<tr data-kind="${kind}" data-action="${action}">
    <td class="tight">${badge(actionWord(change), toneOf(action))}</td>
    <td class="tight">${kind}</td>
    <td class="wide">${name}${note === '' ? nothing : html`<span class="soft">${note}</span>`}</td>
  </tr> `;
}

export function projectsPart({ projects }: RunFacts): Html {
  const each = projects.filter(({ outcome }) => outcome !== undefined);
  if (each.length === 0) return nothing;
  const rows = each.map(
    ({ name, outcome = '', handle, reason }) =>
      html`<tr>
        <td class="tight">${badge(outcome)}</td>
        <td class="wide">${name}${note(reason)}${note(handle)}</td>
      </tr> `,
  );
  return section(
    'projects',
    'Projects',
    html`<div class="card">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">Outcome</th>
            <th scope="col">Project</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`,
  );
}

const note = (text: string | undefined): Html =>
  text === undefined ? nothing : html`<span class="soft">${text}</span>`;

export function comparisonPart(report: Report, { comparison }: RunFacts): Html {
  if (comparison === undefined) return nothing;
  const { equal, differences, blind } = comparison;
  const words = differenceWords(report);
  const rows = differences.map(
    ({ kind, name, difference, fields }) =>
      html`<tr>
        <td class="tight">${badge(words[difference], 'warn')}</td>
        <td class="tight">${kind}</td>
        <td class="wide">${name}${note(fields?.join(', '))}</td>
      </tr> `,
  );
  return section(
    'comparison',
    'Source and target compared',
    html`<p>${equal} equal, ${differences.length} different.</p> `,
    rows.length === 0
      ? nothing
      : html`<div class="card note">
          <table class="stack">
            <thead>
              <tr>
                <th scope="col">Difference</th>
                <th scope="col">Kind</th>
                <th scope="col">Name</th>
              </tr>
            </thead>
            <tbody>
              ${rows}
            </tbody>
          </table>
        </div> `,
    ...blind.map((sentence) => html`<p class="soft small">Not compared: ${sentence}</p> `),
  );
}

export function jobsPart({ jobs }: RunFacts): Html {
  if (jobs.length === 0) return nothing;
  const rows = jobs.map(({ handle, kind, state, startedAt, endedAt }) => {
    const times =
      startedAt === undefined
        ? undefined
        : endedAt === undefined
          ? timeWords(startedAt)
          : `${timeWords(startedAt)}, took ${tookWords(startedAt, endedAt)}`;
    return html`<tr>
      <td class="tight">${badge(state, jobTone(state))}</td>
      <td class="tight">${kind}</td>
      <td class="wide"><code>${handle}</code>${note(times)}</td>
    </tr> `;
  });
  return section(
    'jobs',
    'Jobs on the servers',
    html`<div class="card">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Kind</th>
            <th scope="col">Job</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`,
  );
}

const jobTone = (state: string) => (state === 'succeeded' ? 'good' : state === 'failed' ? 'bad' : toneOf(state));

export function packagePart({ package: found }: RunFacts): Html {
  if (found === undefined) return nothing;
  const { file, size, contentSha256, createdAt, signer, encryption, recipients = [] } = found;
  const signed =
    signer === undefined
      ? undefined
      : signer === null
        ? html`nobody`
        : html`${signerWords(signer)}${signer.trustedBy === undefined ? nothing : html`, trusted by ${signer.trustedBy}`}`;
  const readers = recipients.map(
    ({ recipient, you, groups }) =>
      html`<li><code>${recipient}</code>${you ? ' (you)' : groups.length === 0 ? '' : ` (${groups.join(', ')})`}</li>`,
  );
  const rows: readonly (readonly [string, Html | undefined])[] = [
    ['Id', html`${refWords(found)}`],
    ['File', file === undefined ? undefined : html`<code>${file}</code>`],
    ['Size', size === undefined ? undefined : html`${humanBytes(size)}`],
    ['Sealed', createdAt === undefined ? undefined : html`${timeWords(createdAt)}`],
    ['SHA-256 of the content', contentSha256 === undefined ? undefined : html`<code>${contentSha256}</code>`],
    ['Signed by', signed],
    ['Encryption', encryption === undefined ? undefined : html`${encryption}`],
    [
      'Recipients',
      readers.length === 0
        ? undefined
        : html`<ul>
            ${readers}
          </ul>`,
    ],
  ];
  return section('package', 'Package', facts(rows));
}

/** Names and values; without a value there is no row. */
export function facts(rows: readonly (readonly [string, Html | undefined])[]): Html {
  const there = rows.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [
          html`<dt>${name}</dt>
            <dd>${value}</dd> `,
        ],
  );
  return html`<dl class="facts card">${there}</dl>`;
}
