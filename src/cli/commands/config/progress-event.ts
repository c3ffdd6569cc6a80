import { z } from 'zod';
import { jobStatus } from '../document-parts.ts';

const time = z.string().describe('ISO 8601');
const item = z.string().optional().describe('the item of a wave that it is about');

/** One line of `--progress json`. */
export const progressEvent = z.discriminatedUnion('type', [
  z.strictObject({ time, item, type: z.literal('phase'), name: z.string(), subject: z.string() }),
  z.strictObject({
    time,
    item,
    type: z.literal('instance'),
    name: z.string(),
    product: z.string(),
    version: z.string(),
    url: z.string(),
  }),
  jobStatus.omit({ id: true, messages: true, undelivered: true }).extend({
    time,
    item,
    type: z.literal('job'),
    handle: z.string(),
    secondsLeft: z.number().optional().describe('by the progress since the job was first seen'),
    messages: jobStatus.shape.messages.optional(),
  }),
  z.strictObject({
    time,
    item,
    type: z.literal('bytes'),
    subject: z.string(),
    done: z.number(),
    total: z.number().optional(),
    rate: z.number().optional().describe('bytes per second'),
    secondsLeft: z.number().optional(),
  }),
  z.strictObject({
    time,
    item,
    type: z.literal('wait'),
    what: z.string().describe('completes "waiting for …"'),
    milliseconds: z.number().optional(),
  }),
  z.strictObject({
    time,
    type: z.literal('item'),
    item: z.string(),
    state: z.enum(['running', 'done', 'partial', 'started', 'failed', 'interrupted', 'skipped', 'postponed']),
    reason: z.string().optional(),
    milliseconds: z.number().optional(),
  }),
  z.strictObject({
    time,
    type: z.literal('items'),
    ended: z.number().int(),
    total: z.number().int(),
    began: z.string().describe('ISO 8601'),
    left: z.number().optional().describe('milliseconds, by the items that have ended'),
  }),
  z.strictObject({ time, item, type: z.literal('notice'), message: z.string() }),
  z.strictObject({ time, item, type: z.literal('warning'), message: z.string(), hint: z.string().optional() }),
  z.strictObject({ time, item, type: z.literal('debug'), message: z.string() }),
  z.strictObject({
    time,
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    exitCode: z.number().int(),
  }),
]);

export function progressJsonSchema(): object {
  return z.toJSONSchema(progressEvent);
}
