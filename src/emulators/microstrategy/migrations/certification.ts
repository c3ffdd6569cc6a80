import type { Reply } from '../../server.ts';
import type { Body } from '../../store.ts';
import { wireDate } from '../identifiers.ts';
import { asObject, asText, isObject, readFlag } from '../loose-json.ts';
import { need, needAdministrator, privileges } from '../privileges.ts';
import { invalid, noContent } from '../refusal.ts';
import { readShared, writeShared } from '../file-store/shared-folder.ts';
import { userOf } from '../users.ts';
import type { Visit } from '../visit.ts';
import { changePackage, needMigration } from './record.ts';

const statuses = ['uncertified', 'requested', 'certified', 'rejected'];
const pathOf = (packageId: string) => `mstr/shared/migrations/certification/${packageId}.json`;

function certificationOf(visit: Visit, body: Body): Body {
  const status = asText(body['status']);
  if (!statuses.includes(status)) throw invalid('The value of status is invalid.');
  if (status === 'certified' || status === 'rejected') needAdministrator(visit.user);
  const given = asObject(body['operator']);
  const known = userOf(visit.instance.store, asText(given['id'])) ?? visit.user;
  return {
    status,
    operator: { id: known.id, name: known.username, fullName: known.name },
    lastUpdatedDate: asText(body['lastUpdatedDate'], wireDate()),
  };
}

/** PATCH .../packageInfo/certification. With `autoSync` the state is taken from the shared storage, where the Library that certified left it. */
export async function certify(visit: Visit): Promise<Reply> {
  const { instance, user, param, call, document } = visit;
  need(user, privileges.managePackages);
  const { package: row } = needMigration(instance, param('id'));
  if (readFlag(call.query('autoSync')) === true) {
    const content = readShared(instance.storage, pathOf(row.id));
    const certification: unknown = content === undefined ? undefined : JSON.parse(content.toString('utf8'));
    if (isObject(certification)) changePackage(instance.store, row.id, { certification });
    return noContent();
  }
  const certification = certificationOf(visit, await document());
  changePackage(instance.store, row.id, { certification });
  writeShared(instance.storage, pathOf(row.id), JSON.stringify(certification));
  return noContent();
}
