// Secrets of a space, which no server shows, as an export of all its projects has them: decrypted here by the vendor's
// scheme, with code of its own.
import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { keyOf } from '../support/octopus-api.ts';

type Json = Readonly<Record<string, unknown>>;

const password = 'to look at secrets';

function decrypted(text: string): string {
  const [data, iv] = text.split('|').map((part) => Buffer.from(part, 'base64'));
  const cipher = createDecipheriv('aes-128-cbc', pbkdf2Sync(password, 'Octopuss', 1000, 16, 'sha1'), iv!);
  return Buffer.concat([cipher.update(data!), cipher.final()]).toString('utf8');
}

/** The members of a zip, by its central directory. */
function membersOf(zip: Buffer): readonly Buffer[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const members: Buffer[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [method, size, start] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const from = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    const data = zip.subarray(from, from + size);
    members.push(method === 0 ? data : inflateRawSync(data));
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return members;
}

async function zipOfAll(server: RunningEmulator, space: string): Promise<Buffer | undefined> {
  const call = async (path: string, body?: Json): Promise<Response> => {
    const answer = await fetch(`${server.url}/api/${space}/${path}`, {
      headers: { 'X-Octopus-ApiKey': keyOf(server) },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
    return answer;
  };
  const projects = (await (await call('projects/all')).json()) as readonly { readonly Id: string }[];
  if (projects.length === 0) return undefined;
  const request = {
    IncludedProjectIds: projects.map(({ Id }) => Id),
    Password: { HasValue: true, NewValue: password },
  };
  const { TaskId } = (await (await call('projects/import-export/export', request)).json()) as { TaskId: string };
  for (;;) {
    const task = (await (await call(`tasks/${TaskId}`)).json()) as { IsCompleted: boolean; State: string };
    if (task.IsCompleted && task.State !== 'Success') throw new Error(`the export of all projects: ${task.State}`);
    if (task.IsCompleted) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const { Items } = (await (await call(`artifacts?regarding=${TaskId}`)).json()) as { Items: { Id: string }[] };
  return Buffer.from(await (await call(`artifacts/${Items[0]!.Id}/content`)).arrayBuffer());
}

/** By the places that `secretsOf` names. Sets and accounts that no project uses are not among them. */
export async function secretsIn(server: RunningEmulator, space: string): Promise<Record<string, string>> {
  const zip = await zipOfAll(server, space);
  if (zip === undefined) return {};
  const documents = membersOf(zip)
    .map((bytes) => bytes.toString('utf8'))
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text) as Json)
    .filter(({ Id }) => typeof Id === 'string' && !/-s-\d+-/.test(Id));
  const byId = new Map(documents.map((one) => [one['Id'], one]));
  const nameOf = (id: unknown): string => String(byId.get(id)?.['Name']);
  const ownerOf = (id: unknown): string => `${String(id).startsWith('Projects-') ? 'project' : 'set'} ${nameOf(id)}`;
  const found: Record<string, string> = {};
  for (const document of documents) {
    const id = String(document['Id']);
    const value = (document['Value'] ?? document['Password']) as Json | string | null | undefined;
    const secret = typeof value === 'object' ? (value?.['SensitiveValue'] as string | undefined) : undefined;
    if (id.startsWith('Accounts-')) found[`account ${nameOf(id)}`] = decrypted(secret ?? '');
    if (id.startsWith('TenantVariables-') && secret !== undefined) {
      const { TenantId, OwnerId, EnvironmentId, VariableTemplateId } = document;
      const templates = byId.get(OwnerId)!['Templates'] as readonly Json[];
      const template = String(templates.find(({ Id }) => Id === VariableTemplateId)?.['Name']);
      found[`tenant ${nameOf(TenantId)}/${ownerOf(OwnerId)}/${template}/${nameOf(EnvironmentId)}`] = decrypted(secret);
    }
    if (!id.startsWith('variableset-')) continue;
    for (const { Name, Type, Value, Scope } of document['Variables'] as readonly Json[]) {
      if (Type !== 'Sensitive') continue;
      const environments = ((Scope as Json | undefined)?.['Environment'] ?? []) as readonly string[];
      const place = `${ownerOf(document['OwnerId'])}/${String(Name)} ${environments.map(nameOf).sort().join()}`;
      found[place] = decrypted(String(Value));
    }
  }
  return found;
}
