import { createHash } from 'node:crypto';
import { itemStates, type Report, type RunFacts } from '../../core/report/report.ts';
import {
  basisWords,
  noWayBack,
  endWords,
  headline,
  outcomeWord,
  routeWords,
  sinceWords,
  tilesOf,
  timeWords,
  toneOf,
  whenWords,
} from '../words.ts';
import { embedded, Html, html, nothing } from './escape.ts';
import { changesPart, comparisonPart, facts, jobsPart, packagePart, projectsPart, section } from './run-parts.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { type Showing, wavePart } from './wave-parts.ts';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

// The hashes are of what stands between the tags, so these are no templates that a formatter may touch.
const styleElement = new Html(`<style>${style}</style>`);
const scriptElement = (text: string): Html => new Html(`<script>${text}</script>`);
const dataElement = (report: Report): Html =>
  new Html(`<script type="application/json" id="report">${embedded(report)}</script>`);

/**
 * The report as one HTML file. It names no address to fetch, and its policy forbids to fetch one. All that comes from outside is
 * escaped by `html`.
 */
export function renderHtml(report: Report): string {
  return pageOf({ title: titleOf(report), main: mainOf(report, 'file'), script, data: dataElement(report) });
}

interface Page {
  readonly title: string;
  readonly main: Html;
  readonly script: string;
  /** More of the policy than that the style and the script of this page count. Without it nothing is loaded. */
  readonly allowed?: string;
  readonly data?: Html;
}

/** A page around a main element: with one style and one script, which its policy knows by their hashes. */
export function pageOf({ title, main, script: text, allowed = '', data = nothing }: Page): string {
  const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(text)}; ${allowed}base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="generator" content="migrator/report/1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${styleElement}
      </head>
      <body>
        ${main} ${data} ${scriptElement(text)}
      </body>
    </html>`.text.concat('\n');
}

export const titleOf = (report: Report): string => `${outcomeWord(report)}: ${headline(report)}`;

/** The main element. `over`: what stands above the report. */
export function mainOf(report: Report, showing: Showing, over: Html = nothing): Html {
  const { run, wave, warnings } = report;
  return html`<main>
    ${over} ${head(report, showing)} ${tiles(report)} ${jumps(report)}
    ${run === undefined ? nothing : html`${projectsPart(run)}${changesPart(report, run)}${comparisonPart(report, run)}`}
    ${wave === undefined ? nothing : wavePart(report, wave, showing)}
    ${run === undefined ? nothing : html`${packagePart(run)}${jobsPart(run)}`}
    ${
      warnings.length === 0
        ? nothing
        : section(
            'warnings',
            'Warnings',
            html`<ul class="list card">
              ${warnings.map((warning) => html`<li>${warning}</li>`)}
            </ul>`,
          )
    }
    ${nextPart(report)} ${run === undefined ? nothing : undoPart(report, run)}
    <footer><p>${footer(report, showing)}</p></footer>
  </main>`;
}

function footer({ migrator, exitCode }: Report, showing: Showing): Html {
  if (showing === 'running') return html`Shown by migrator ${migrator}, which is at work on this wave.`;
  if (showing === 'ended') return html`Shown by migrator ${migrator}, which ended with exit code ${exitCode}.`;
  return html`Written by migrator ${migrator}, exit code ${exitCode}. This page holds its JSON document in the element
    <code>#report</code>; nothing on it is loaded from anywhere.`;
}

function head(report: Report, showing: Showing): Html {
  const { outcome, verb, dryRun, by, from, to, run, resumedFrom, error } = report;
  const known = (value: string | undefined): Html | undefined => (value === undefined ? undefined : html`${value}`);
  return html`<header>
    <p class="over">
      <span class="badge big ${toneOf(outcome)}">${outcomeWord(report)}</span
      ><span>migrator ${verb}${dryRun ? ', dry run' : ''}</span>
    </p>
    <h1>${headline(report)}</h1>
    ${statesOf(report)}
    ${
      error === undefined
        ? nothing
        : html`<div class="box ${toneOf(outcome)}">
            <p>${error.message}</p>
            <p class="small">${error.code}</p>
          </div>`
    }
    ${facts([
      ['Who', html`${by}`],
      [
        'When',
        html`<time datetime="${report.startedAt}"
          >${showing === 'running' ? sinceWords(report) : whenWords(report)}</time
        >`,
      ],
      ['Resumed', resumedFrom === undefined ? undefined : html`the run of ${timeWords(resumedFrom)}`],
      ['From', known(from && endWords(from))],
      ['To', known(to && endWords(to))],
      ['Route', known(run?.route && routeWords(run.route))],
      ['Way', known(run?.via && `${run.via.name}: ${run.via.reason}`)],
      ['Rerouted', known(run?.rerouted)],
      ['Backup', run?.backup === undefined ? undefined : html`<code>${run.backup}</code>`],
    ])}
  </header>`;
}

/** How many projects of a wave are in which state: what people ask first. */
function statesOf({ wave }: Report): Html {
  if (wave === undefined) return nothing;
  const badges = itemStates.flatMap((state) => {
    const count = wave.items.filter((item) => item.state === state).length;
    return count === 0 ? [] : [html`<span class="badge ${toneOf(state)}">${count} ${state}</span>`];
  });
  return html`<p class="states">${badges}</p>`;
}

function tiles(report: Report): Html {
  if (report.tiles.basis === 'none') return nothing;
  const words = basisWords(report);
  return html`<ul class="tiles" aria-label="Counts">
      ${tilesOf(report.tiles).map(
        ({ action, word, count }) =>
          html`<li class="tile card ${count === 0 ? 'none' : toneOf(action)}"><b>${count}</b><span>${word}</span></li>`,
      )}
    </ul>
    ${words === undefined ? nothing : html`<p class="soft small note">${words}</p>`}`;
}

/** What is further down on a long page. */
function jumps({ warnings, next, run, wave }: Report): Html {
  const links: readonly (readonly [string, string, boolean])[] = [
    ['changes', 'All changes', (run?.changes.length ?? 0) > 0],
    ['items', 'All projects', wave !== undefined],
    ['package', 'Package', run?.package !== undefined],
    ['warnings', warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`, warnings.length > 0],
    ['next', 'What to do next', next.length > 0],
    ['undo', 'Take it back', (run?.undo.length ?? 0) > 0],
  ];
  const shown = links.filter(([, , there]) => there);
  if (shown.length < 2) return nothing;
  return html`<nav class="jump" aria-label="On this page">
    ${shown.map(([id, word]) => html`<a href="#${id}">${word}</a>`)}
  </nav>`;
}

function nextPart({ next }: Report): Html {
  if (next.length === 0) return nothing;
  const steps = next.map(
    ({ text, command }) =>
      html`<li>${text}${command === undefined ? nothing : html`<pre><code>${command}</code></pre>`}</li>`,
  );
  return section(
    'next',
    'What to do next',
    html`<ul class="list card">
      ${steps}
    </ul>`,
  );
}

const commandLine = (command: string): Html => html`<pre><code>${command}</code></pre>`;

function undoPart(report: Report, { undo }: RunFacts): Html {
  const none = noWayBack(report);
  if (undo.length === 0) return none === undefined ? nothing : section('undo', 'To take it back', html`<p>${none}</p>`);
  return section('undo', 'To take it back', html`${undo.map(commandLine)}`);
}
