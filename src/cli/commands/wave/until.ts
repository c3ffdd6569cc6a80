import { MigratorError } from '../../../errors.ts';
import type { FlagSource } from '../../context.ts';

/** `04:00`: the next time that a clock here shows it. Else a date with a time. USAGE for a past one, and for other texts. */
export function untilOf(text: string, now: Date, source: FlagSource): Date {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/u.exec(text.trim()) ?? [];
  if (hours !== undefined && minutes !== undefined) {
    const next = new Date(now);
    next.setHours(Number(hours), Number(minutes), 0, 0);
    if (next <= now) next.setDate(next.getDate() + 1);
    return next;
  }
  const isDate = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/u.test(text.trim());
  const date = new Date(isDate ? text.trim().replace(' ', 'T') : Number.NaN);
  if (Number.isNaN(date.getTime())) {
    throw new MigratorError('USAGE', `${source.words}: "${text}" is not a time`, {
      hint: 'write 04:00 for the next time that a clock here shows it, or 2026-03-01T04:00:00Z',
    });
  }
  if (date > now) return date;
  throw new MigratorError('USAGE', `${source.words}: ${date.toISOString()} is over`, {
    hint: `now it is ${now.toISOString()}`,
  });
}
