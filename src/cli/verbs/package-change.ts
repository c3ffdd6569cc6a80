import type { Command } from 'commander';
import { feedVerb } from '../../core/instance.ts';
import { formatHandle } from '../../core/job-handle.ts';
import { probe } from '../../core/steps/preflight.ts';
import { judge } from '../../core/steps/verdict.ts';
import { watch } from '../../core/steps/watch.ts';
import type { Certification } from '../../ports/feed.ts';
import type { PackageCertifyOptions } from '../commands/package/certify.ts';
import type { PackageEditOptions } from '../commands/package/edit.ts';
import { describeJob } from '../commands/summary.ts';
import type { Context } from '../context.ts';
import { productFlags } from '../flags/product-values.ts';
import { waitingOf } from '../flags/waiting.ts';
import { parsePackageRef } from '../packages/package-argument.ts';
import { systemClock } from '../runtime.ts';
import { requireInstance } from '../servers/instances.ts';
import { lines } from '../terminal/table.ts';

export async function runPackageCertify(text: string, { at, status, sync }: PackageCertifyOptions, context: Context) {
  if (at.length === 0) requireInstance(undefined, '--at');
  const instances = await context.instances();
  const targets = await Promise.all(at.map((name) => instances.target(name)));
  const found = targets.map((target) => ({
    target,
    certify: feedVerb(target, 'certify'),
    ref: parsePackageRef(text, target),
  }));
  const reporter = await context.reporter();
  // All must be there before anything is changed anywhere.
  for (const { target } of found) await probe(target, reporter, context.signal);
  const results: ({ readonly instance: string } & Certification)[] = [];
  let wanted: Certification = { status };
  for (const { target, certify, ref } of found) {
    const shown = await certify(ref, sync === true ? 'sync' : wanted, context.signal);
    results.push({ instance: target.name, ...shown });
    // Told at once: the next one may fail, and this one stays as it is.
    if (found.length > 1) reporter.report({ type: 'notice', message: `${text} is ${shown.status} on ${target.name}` });
    // Who decided, and when, is told to the others as it was on the first.
    if (results.length === 1) wanted = shown;
  }
  context.result(
    'package-certify',
    { package: found[0]?.ref, results },
    lines(...results.map((one) => `${text} is ${one.status} on ${one.instance}${decision(one)}`)),
  );
  return undefined;
}

function decision({ by, at }: Certification): string {
  const who = by === undefined ? '' : ` by ${by.fullName === '' ? by.name : by.fullName}`;
  return who === '' && at === undefined ? '' : `,${who}${at === undefined ? '' : ` at ${at}`}`;
}

export async function runPackageEdit(text: string, options: PackageEditOptions, command: Command, context: Context) {
  const at = requireInstance(options.at, '--at');
  const waiting = waitingOf(options, context);
  const instances = await context.instances();
  const { product } = instances.config(at);
  const target = await instances.target(at);
  const edit = feedVerb(target, 'edit');
  const ref = parsePackageRef(text, target);
  const flags = await productFlags(command, 'package', product, context);
  const reporter = await context.reporter();
  await probe(target, reporter, context.signal);
  const { job, notes } = await edit(ref, { name: options.name, options: flags.options }, context.signal);
  for (const message of notes) reporter.report({ type: 'notice', message });
  const handle = formatHandle({ product, instance: target.name, id: job });
  const { jobs } = target.adapter;
  if (!waiting.wait) {
    const status = await jobs.status(job, context.signal);
    context.result(
      'package-edit',
      { at, package: ref, handle, outcome: 'started', status },
      `${at} makes ${text} anew\nstay with it: migrator job wait ${handle}`,
    );
    return { outcome: 'started' as const };
  }
  const status = await watch(jobs, job, handle, { ...waiting, clock: systemClock, reporter }, context.signal);
  const outcome = judge(handle, status);
  context.result(
    'package-edit',
    { at, package: ref, handle, outcome, status },
    lines(`${at} made ${text} anew`, describeJob(handle, status)),
  );
  return { outcome };
}
