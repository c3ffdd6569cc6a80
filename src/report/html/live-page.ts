import type { Report } from '../../core/report/report.ts';
import { secondWords } from '../words.ts';
import { html, type Html } from './escape.ts';
import { liveScript } from './live-script.ts';
import { mainOf, pageOf, titleOf } from './page.ts';
import { script } from './script.ts';

/** What changes on a page that is open: its script puts these parts in place of what it shows. */
interface LiveParts {
  readonly title: string;
  /** The main element, as HTML. */
  readonly main: string;
  /** Of when it is, for people. */
  readonly at: string;
}

/** The parts of the page of a run as it is now. `isOver`: the run has ended, and nothing changes any more. */
export function liveParts(report: Report, isOver: boolean): LiveParts {
  return { title: titleOf(report), main: main(report, isOver).text, at: secondWords(report.endedAt) };
}

/**
 * The page of a run that is at work. Its script takes new parts from the stream of events beside it (`events`), and its policy
 * lets it ask its own server, and nobody else. Without the script it shows the state at which it was loaded.
 */
export function renderLivePage(report: Report, isOver: boolean): string {
  return pageOf({
    title: titleOf(report),
    main: main(report, isOver),
    script: script + liveScript,
    allowed: "connect-src 'self'; ",
  });
}

function main(report: Report, isOver: boolean): Html {
  const over = html`<p id="watch" class="soft small" role="status">
    The state of ${secondWords(report.endedAt)}. Load the page again to see a newer one.
  </p>`;
  return mainOf(report, isOver ? 'ended' : 'running', over);
}
