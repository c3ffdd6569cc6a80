import { feedVerb } from '../../../core/instance.ts';
import { probe } from '../../../core/steps/preflight.ts';
import type { Certification } from '../../../ports/feed.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { parsePackageRef } from '../../packages/package-argument.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import type { PackageCertifyOptions } from './flags.ts';

export async function runPackageCertify(
  { args: [text = ''], options: { at, status, sync } }: Invocation<PackageCertifyOptions>,
  context: Context,
) {
  if (at.length === 0) requireInstance(undefined, '--at');
  const instances = await instancesOf(context);
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
