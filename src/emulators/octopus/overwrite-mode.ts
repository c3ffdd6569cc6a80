import { invalid } from './refusal.ts';
import type { Visit } from './visit.ts';

const modes = ['FailIfExists', 'OverwriteExisting', 'IgnoreIfExists'] as const;
type OverwriteMode = (typeof modes)[number];

/** `overwriteMode` of the query or the body, or the older `replace`. */
export function readOverwriteMode({ call }: Visit, fromBody?: string): OverwriteMode {
  const mode = call.query('overwriteMode') ?? fromBody;
  if (mode !== undefined && mode !== '') {
    const found = modes.find((one) => one.toLowerCase() === mode.toLowerCase());
    if (found === undefined) throw invalid(`The value '${mode}' is not valid for 'overwriteMode'.`);
    return found;
  }
  return call.query('replace')?.toLowerCase() === 'true' ? 'OverwriteExisting' : 'FailIfExists';
}
