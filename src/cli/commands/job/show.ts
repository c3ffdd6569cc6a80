import { showJob } from '../../../core/operations/job-wait.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { plainText } from '../../../plain-text.ts';
import { lines } from '../../terminal/table.ts';
import { signerWords } from '../readers.ts';
import { describeJob } from '../summary.ts';
import { type ListedRun, runOfJob } from './listed-runs.ts';
import { ofJob, openJob } from './open-job.ts';

type ShownRun = ListedRun & { readonly signer: string | undefined; readonly signerName: string | undefined };

export async function runJobShow({ args: [text = ''] }: Invocation, context: Context) {
  const job = await openJob(text, context, { writes: false });
  const { handle } = job;
  const status = await ofJob(job, showJob(job, await context.journaling(false), context.signal));
  const found = runOfJob(await (await context.journal()).list(), job, context);
  const signerName = found?.signer === undefined ? undefined : await (await keyRing(context)).nameOf(found.signer);
  const run = found && { ...found, signerName };
  context.result(
    'job-show',
    { handle, status, ...(run === undefined ? {} : { run }) },
    lines(describeJob(handle, status, context.columns), ...describeRun(run)),
  );
  return undefined;
}

/** What this machine knows of the run that started the job. Some servers keep no times of their own. */
function describeRun(run: ShownRun | undefined): readonly string[] {
  if (run === undefined) return [];
  const { verb, projects, from, to, package: file, state, error, startedAt, updatedAt, signer, signerName } = run;
  const what = projects.length > 0 ? projects.join(', ') : (file ?? '');
  const isOver = ['done', 'partial', 'failed', 'cancelled'].includes(state);
  const ends = [from, to].filter((end) => end !== undefined).join(' to ');
  return [
    `run:      ${[verb, what, ends === '' ? '' : `(${ends})`].filter(Boolean).join(' ')}`,
    `  begun:  ${startedAt}`,
    isOver ? `  ended:  ${updatedAt}, ${state}` : `  state:  ${state}, noted ${updatedAt}`,
    ...(error === undefined ? [] : [`  why:    ${plainText(error.message)}`]),
    ...(signer === undefined ? [] : [`  signed: by ${signerWords(signer, signerName)}`]),
  ];
}
