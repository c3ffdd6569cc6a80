import type { Reply } from '../../shared/server.ts';
import { json, ServerError } from '../refusal.ts';
import { exportTopology } from '../topology/export.ts';
import { importTopology } from '../topology/import.ts';
import { argument, type Endpoint, endpoint, type Visit } from './visit.ts';

async function topology(visit: Visit): Promise<Reply> {
  const { instance, body, user } = visit;
  const direction = argument(visit, 0);
  if (direction === 'import') {
    const { replace } = body.fields;
    if (replace === undefined) throw new ServerError("KeyError: 'replace'");
    const file = body.files.get('file');
    if (file === undefined) throw new ServerError("KeyError: 'file'");
    const text = importTopology(instance, user, file.content, replace === 'True');
    return json([text, text.includes('Partial') ? 206 : 200]);
  }
  await exportTopology(instance, body.fields['export_filename']);
  return json('Topology Export successfully executed.');
}

export const topologyEndpoints: readonly Endpoint[] = [endpoint('POST', 'topology', 1, 'access', topology)];
