import { imp, migration, pkg, project } from './library-script.ts';

export const administrator = { id: '54F3D26011D2896560009A8E67019608', name: 'Administrator' };
export const tutorial = { id: project, name: 'MicroStrategy Tutorial' };
export const year = { id: '8D679D5111D3E4981000E787EC6DE8A4', name: 'Year', type: 12 };

interface Changes {
  readonly packageInfo?: object;
  readonly importInfo?: object;
  readonly [name: string]: unknown;
}

/** The short record with which a Library answers a write. */
export const brief = (packageStatus: string, request = 'pending', status = 'pending') => ({
  id: migration,
  packageInfo: { id: pkg, status: packageStatus, progress: packageStatus === 'creating' ? 0 : 100 },
  importInfo: { id: imp, status, importRequestStatus: request, undoRequestStatus: 'pending', progress: 0 },
});

/** The full record as a Library shows it, with the changes of a test. */
export const record = ({ packageInfo = {}, importInfo = {}, ...rest }: Changes = {}) => ({
  id: migration,
  packageInfo: {
    id: pkg,
    replicated: false,
    type: 'project',
    name: 'MicroStrategy-Tutorial 1.0.0-run7',
    creator: administrator,
    creationDate: '2022-03-16T07:38:40.125+0000',
    lastUpdatedDate: '2022-03-16T07:39:09.254+0000',
    environment: { id: 'https://lab/MicroStrategyLibrary/', name: 'lab' },
    storage: { size: 9, path: 'mstr/shared/migrations/packages/2022-03-16/9A838E0F9C9E4910AF57344299327DF9.mmp' },
    project: tutorial,
    status: 'created',
    message: '',
    progress: 100,
    deleted: false,
    existing: true,
    ...packageInfo,
  },
  importInfo: {
    id: imp,
    creator: {},
    creationDate: '2022-03-16T07:38:40.126+0000',
    lastUpdatedDate: '2022-03-16T07:38:40.126+0000',
    environment: { id: 'https://prod/MicroStrategyLibrary/', name: 'prod' },
    status: 'pending',
    importRequestStatus: 'pending',
    undoRequestStatus: 'pending',
    progress: 0,
    message: '',
    undoStorage: {},
    project: tutorial,
    deleted: false,
    ...importInfo,
  },
  version: '1',
  ...rest,
});

export const undoStorage = { size: 205, path: `mstr/shared/migrations/undo/${pkg}/${imp}.mmp` };

/** The copy of the record on the target. */
export const copy = (importInfo: object = {}, packageInfo: object = {}) =>
  record({
    packageInfo: { replicated: true, status: 'locked', ...packageInfo },
    importInfo: { importRequestStatus: 'approved', ...importInfo },
  });

export const notFound = { code: 'ERR004', message: 'The migration is not found.', ticketId: 'a'.repeat(32) };
