import { Refusal } from '../shared/answering.ts';
import { asText, isObject, type Json } from '../shared/json.ts';
import type { ZipMember } from '../shared/zip.ts';
import type { Plane } from './plane.ts';
import { pipelineNameOf } from './references.ts';
import { permsAt } from './rights.ts';
import { placeOf, type Node } from './tree.ts';

const mostFiles = 200;
const largestFiles = 100 * 1024 * 1024;
export const entriesName = 'export.json';
export const templateName = 'accounts_template.json';

/** The path of a file asset in the zip. */
export const memberOf = (name: string): string => `files/${name}`;

/** An asset as `export.json` holds it. Pipelines and accounts have their own members beside name and path. */
function entryOf(plane: Plane, node: Node): Json {
  const times = { create_time: node.created, update_time: node.updated };
  const own = { name: node.name, path: placeOf(plane.store, node).path, asset_type: node.type, instance_id: node.id };
  const { metadata } = node;
  if (node.type === 'File') {
    return { ...own, ...times, metadata, file: memberOf(node.name), size: node.document['size'] };
  }
  if (node.type === 'Job') {
    const job = { ...node.document, pipeline_name: pipelineNameOf(plane.store, node.document) };
    return { ...own, ...times, metadata, job };
  }
  const origin = { source_org: placeOf(plane.store, node).org.name };
  const moved = node.type === 'Account' ? { migration_metadata: origin } : {};
  return { ...node.document, ...moved, ...own, ...times, metadata };
}

/** The settings of an account without its secrets, as a template to fill in for another environment. */
function blanked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(blanked);
  if (!isObject(value)) return value;
  if (typeof value['key'] === 'string') return { value: null };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, blanked(one)] as const));
}

function template(accounts: readonly Node[]): Json {
  return Object.fromEntries(
    accounts.map(({ name, document }) => [
      name,
      { class_id: document['class_id'], property_map: blanked(document['property_map']) },
    ]),
  );
}

const document = (name: string, value: unknown): ZipMember => ({
  name,
  data: Buffer.from(JSON.stringify(value, null, 2), 'utf8'),
});

/** 403 when the caller may not read one of the assets, 413 for too many or too large files unless forced. */
export function checkExport(plane: Plane, nodes: readonly Node[], email: string, force: boolean): void {
  for (const node of nodes) {
    const place = placeOf(plane.store, node);
    if (!permsAt(email, place).includes('R'))
      throw new Refusal(403, `${email} has no read permission on ${place.path}`);
  }
  const files = nodes.filter(({ type }) => type === 'File');
  const size = files.reduce((sum, file) => sum + Number(file.document['size']), 0);
  if (!force && (files.length > mostFiles || size > largestFiles)) {
    throw new Refusal(
      413,
      `The export has ${files.length} files of ${size} bytes, more than it may have without force`,
    );
  }
}

export async function* exportMembers(plane: Plane, nodes: readonly Node[]): AsyncGenerator<ZipMember> {
  yield document(entriesName, { entries: nodes.map((node) => entryOf(plane, node)) });
  yield document(templateName, template(nodes.filter(({ type }) => type === 'Account')));
  for (const node of nodes.filter(({ type }) => type === 'File')) {
    yield { name: memberOf(node.name), data: await plane.contents.read(asText(node.document['hash'])) };
  }
}
