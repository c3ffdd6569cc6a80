import { z } from 'zod';

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))]);
const name = z.union([z.string().min(1), z.number()]);
const names = z.union([name, z.array(name)]);
const route = z.enum(['auto', 'move', 'push', 'relay']);
const options = z.record(z.string(), value).describe('flags of migrate-project, by their names without dashes');
const count = z.number().int().min(1);

const item = z.union([
  name,
  z.strictObject({
    project: name,
    as: name.optional().describe('the id of the item; default: the project'),
    needs: names.optional().describe('ids of items that must have been moved before'),
    from: name.optional(),
    to: name.optional(),
    route: route.optional(),
    options: options.optional(),
    owner: name.optional(),
  }),
]);

const plan = z.strictObject({
  $schema: z.string().optional(),
  name: name.optional().describe('default: the name of the file without its extension'),
  from: name.optional().describe('an instance of the rc file'),
  to: name.optional().describe('an instance of the rc file'),
  defaults: z.strictObject({ route: route.optional(), options: options.optional() }).optional(),
  limits: z
    .strictObject({ workers: count.optional(), instances: z.record(z.string(), count).optional() })
    .optional()
    .describe('how many items at once; the limits of the servers count as well'),
  onFailure: z.enum(['continue', 'stop']).optional(),
  waves: z
    .array(
      z.strictObject({
        name,
        needs: names.optional().describe('names of waves whose items must all have been moved before'),
        items: z.array(item).min(1),
      }),
    )
    .min(1),
});

/** The JSON Schema of a plan for editors. What a plan means is read with its lines (core/waves/plan-file.ts). */
export function planJsonSchema(): object {
  return z.toJSONSchema(plan);
}
