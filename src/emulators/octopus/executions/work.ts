import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import type { TaskWork } from '../task-queue.ts';
import { asText } from '../tolerant-json.ts';
import { actionsOf } from './releases.ts';

const longestSleep = 60;

/** The seconds that a script sleeps. Nothing else of the script is carried out. */
function sleepOf(script: string): number {
  const seconds = [...script.matchAll(/(?:Start-Sleep\s+(?:-Seconds\s+|-s\s+)?|\bsleep\s+)(\d+(?:\.\d+)?)/gi)];
  return Math.min(
    longestSleep,
    seconds.reduce((sum, [, number]) => sum + Number(number), 0),
  );
}

const kinds = {
  Deploy: { kind: 'Deployments', argument: 'DeploymentId', process: 'DeploymentProcessId' },
  RunbookRun: { kind: 'RunbookRuns', argument: 'RunbookRunId', process: 'FrozenRunbookProcessId' },
} as const;

export const isExecution = (task: Entry): boolean => asText(task.body['Name']) in kinds;

/** Goes through the steps of a deployment or a runbook run, as slowly as their scripts say, without doing them. */
export const executionWork: TaskWork = async ({ instance, task, log, signal, pause }) => {
  const { kind, argument, process } = kinds[task.body['Name'] as keyof typeof kinds];
  const given = task.body['Arguments'];
  const document = instance.store.get(kind, asText(isObject(given) ? given[argument] : undefined));
  const skipped = document?.body['SkipActions'];
  const found = asText(document?.body[process]);
  const steps = actionsOf(
    instance.store.get('DeploymentProcesses', found) ?? instance.store.get('RunbookProcesses', found),
  ).filter(
    ({ action }) => !(Array.isArray(skipped) && skipped.includes(action['Id'])) && action['IsDisabled'] !== true,
  );
  for (const [index, { step, action }] of steps.entries()) {
    log.progress(Math.floor((100 * index) / steps.length), asText(action['Name']));
    const node = log.child(`Step ${index + 1}: ${asText(step['Name'])}`);
    const properties = action['Properties'];
    const script = isObject(properties) ? asText(properties['Octopus.Action.Script.ScriptBody']) : '';
    await sleep(1000 * sleepOf(script), undefined, { signal });
    node.write('Info', `${asText(action['Name'])}: nothing is deployed by an embedded server`);
    await pause();
    node.end('Success');
  }
  if (steps.length === 0) log.write('Info', 'There are no steps to run');
};
