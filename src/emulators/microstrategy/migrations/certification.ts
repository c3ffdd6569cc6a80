import { asObject, asText, isObject, type Json } from '../../shared/json.ts';
import type { Reply } from '../../shared/server.ts';
import { readShared, writeShared } from '../file-store/shared-folder.ts';
import { isGuid, wireDate } from '../identifiers.ts';
import { need, needAdministrator, privileges } from '../privileges.ts';
import { invalid, noContent, notNow } from '../refusal.ts';
import { readFlag } from '../request.ts';
import type { Visit } from '../visit.ts';
import { changePackage, needMigration } from './record.ts';

const statuses = ['uncertified', 'requested', 'certified', 'rejected'];
const pathOf = (packageId: string) => `mstr/shared/migrations/certification/${packageId}.json`;

/** Users who make packages may request a certification and withdraw the request. The rest is for administrators. */
function checkMay({ user }: Visit, status: string, current: string): void {
  if (status === 'requested' || (status === 'uncertified' && current !== 'certified')) {
    if (!user.may(privileges.managePackages)) need(user, privileges.createPackage);
    return;
  }
  needAdministrator(user);
}

/** Clients send an operator and a date when they repeat the decision of another Library. */
function certificationOf(visit: Visit, sent: Json, current: string): Json {
  // The documents put the certification into a record, but clients send it alone.
  const nested = asObject(sent['packageInfo'])['certification'];
  const body = isObject(nested) ? nested : sent;
  const status = asText(body['status']);
  if (!statuses.includes(status)) throw invalid('The value of status is invalid.');
  checkMay(visit, status, current);
  const given = asObject(body['operator']);
  const { id, name, username } = visit.user;
  const operator = isGuid(asText(given['id']))
    ? { id: given['id'], name: asText(given['name']), fullName: asText(given['fullName']) }
    : { id, name: username, fullName: name };
  return { status, operator, lastUpdatedDate: asText(body['lastUpdatedDate'], wireDate()) };
}

/**
 * PATCH .../packageInfo/certification, for an existing package. With `autoSync` the state comes from the shared
 * storage, where the Library that certified the package has written it.
 */
export async function certify(visit: Visit): Promise<Reply> {
  const { instance, param, call, document } = visit;
  const { package: row } = needMigration(instance, param('id'));
  if (readFlag(call.query('autoSync')) === true) {
    const content = readShared(instance.storage, pathOf(row.id));
    const certification: unknown = content === undefined ? undefined : JSON.parse(content.toString('utf8'));
    if (isObject(certification)) changePackage(instance.store, row.id, { certification });
    return noContent();
  }
  const certification = certificationOf(visit, await document(), asText(row.certification?.['status'], 'uncertified'));
  if (row.status !== 'created' && row.status !== 'locked') throw notNow('packageInfo.status', row.status);
  changePackage(instance.store, row.id, { certification });
  writeShared(instance.storage, pathOf(row.id), JSON.stringify(certification));
  return noContent();
}
