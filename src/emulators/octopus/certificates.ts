import { newValue } from './certificate-members.ts';
import { replaceDocument } from './document-changes.ts';
import { newId, putDocument, wireDate } from './instance.ts';
import { kindNamed } from './kinds.ts';
import { findDocument } from './lookup.ts';
import { invalid, json } from './refusal.ts';
import { resource } from './resource.ts';
import { members } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

/** The certificate keeps its id and gets other contents. What it was is archived under an id of its own. */
async function replace(visit: Visit) {
  const { instance } = visit;
  const { store } = instance;
  const entry = findDocument(visit, 'Certificates');
  const get = members(await visit.document());
  const data = newValue(get('CertificateData'));
  if (typeof data !== 'string' || data === '') throw invalid('Please provide a value for CertificateData.');
  const password = newValue(get('Password'));
  const replaced = store.atomically(() => {
    const Archived = wireDate(new Date());
    putDocument(store, 'Certificates', {
      ...entry.body,
      Id: newId(store, 'Certificates'),
      Archived,
      ReplacedBy: entry.id,
    });
    return replaceDocument(instance, kindNamed('Certificates'), entry, {
      ...entry.body,
      CertificateData: { HasValue: true, NewValue: data },
      Password:
        typeof password === 'string' && password !== ''
          ? { HasValue: true, NewValue: password }
          : { HasValue: false, NewValue: null },
    });
  });
  return json(200, resource(replaced));
}

export const certificateRoutes: readonly Route[] = [
  route('POST', '/certificates/:id/replace', { scoped: true, permission: 'CertificateEdit' }, replace),
];
