// Searches a feed by its id: clients that look for the newest version of a package do so in the built-in feed too.
import { countIn, flagIn } from '../shared/query.ts';
import type { Reply } from '../shared/server.ts';
import { collection } from './collection.ts';
import { compareVersions } from './compare-versions.ts';
import { allPackages, packageResource, type FeedPackage } from './feed.ts';
import { findDocument } from './lookup.ts';
import { paged } from './query.ts';
import { absent, invalid, json } from './refusal.ts';
import { fitsRange, fitsTag } from './version-rules.ts';
import type { Route, Visit } from './visit.ts';

const isPreRelease = ({ version }: FeedPackage) => version.split('+')[0]?.includes('-') === true;

/** The packages of the feed in the path, newest version first. External feeds are not asked and seem empty. */
function packagesOf(visit: Visit): readonly FeedPackage[] {
  const feed = findDocument(visit, 'Feeds');
  if (feed.body['FeedType'] !== 'BuiltIn') return [];
  return allPackages(visit.instance, visit.space).toSorted((a, b) => compareVersions(b.version, a.version));
}

function versions(visit: Visit): readonly FeedPackage[] {
  const { query } = visit.call;
  const wanted = query('packageId')?.toLowerCase();
  if (wanted === undefined || wanted === '') throw invalid('Please provide a packageId.');
  const filter = query('filter')?.toLowerCase() ?? '';
  const partial = flagIn(visit.call, 'partialMatch') === true;
  const pre = flagIn(visit.call, 'includePreRelease') !== false;
  return packagesOf(visit)
    .filter(
      (one) =>
        (partial ? one.id.toLowerCase().includes(wanted) : one.id.toLowerCase() === wanted) &&
        one.version.toLowerCase().includes(filter),
    )
    .filter((one) => pre || !isPreRelease(one))
    .filter(
      ({ version }) =>
        fitsRange(version, query('versionRange') ?? '') && fitsTag(version, query('preReleaseTag') ?? ''),
    );
}

const versionResource = (one: FeedPackage) => {
  const { Links, FeedId, Published, Title } = packageResource(one);
  return {
    Id: `${one.id}.${one.version}`,
    PackageId: one.id,
    Version: one.version,
    FeedId,
    Published,
    Title,
    SizeBytes: one.size,
    ReleaseNotes: null,
    Links,
  };
};

function search(visit: Visit): Reply {
  const term = visit.call.query('term')?.toLowerCase() ?? '';
  const newest = new Map<string, FeedPackage>();
  for (const one of packagesOf(visit)) {
    const key = one.id.toLowerCase();
    if (key.includes(term) && !newest.has(key)) newest.set(key, one);
  }
  return collection(visit, [...newest.values()], {
    itemType: 'PackageDescription',
    present: (one) => ({
      Id: one.id,
      Name: one.id,
      Description: null,
      LatestVersion: one.version,
      Links: packageResource(one)['Links'],
    }),
    filters: ['term'],
  });
}

/** The older search. It answers a bare list with one version of a package, unless several are asked for. */
function oldSearch(visit: Visit): Reply {
  const several = flagIn(visit.call, 'includeMultipleVersions') === true;
  const found = versions(visit);
  const [skip, take] = [countIn(visit.call, 'skip') ?? 0, countIn(visit.call, 'take') ?? found.length];
  return json(200, (several ? found.slice(skip, skip + take) : found.slice(0, 1)).map(packageResource));
}

// Neither notes nor release notes: packages here have none.
const versionFilters = ['packageId', 'includePreRelease', 'filter', 'versionRange', 'preReleaseTag'];

const reading = { method: 'GET', scoped: true, permission: 'FeedView' } as const;

export const feedSearchRoutes: readonly Route[] = [
  {
    ...reading,
    path: '/feeds/:id/packages',
    query: paged(...versionFilters, 'partialMatch', 'includeMultipleVersions', 'includeNotes'),
    handle: oldSearch,
  },
  { ...reading, path: '/feeds/:id/packages/search', query: paged('term'), handle: search },
  {
    ...reading,
    path: '/feeds/:id/packages/versions',
    query: paged(...versionFilters, 'includeReleaseNotes'),
    handle: (visit) =>
      collection(visit, versions(visit), {
        itemType: 'PackageVersion',
        present: versionResource,
        filters: versionFilters,
      }),
  },
  {
    ...reading,
    path: '/feeds/:id/packages/notes',
    query: ['packageId', 'version'],
    handle: (visit) => {
      const { query } = visit.call;
      if ((query('packageId') ?? '') === '') throw invalid('Please provide a packageId.');
      const [id, version] = [query('packageId')?.toLowerCase(), query('version')?.toLowerCase()];
      const found = packagesOf(visit).find(
        (one) => one.id.toLowerCase() === id && one.version.toLowerCase() === version,
      );
      if (found === undefined) throw absent(`${query('packageId') ?? ''} ${query('version') ?? ''}`.trim());
      return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '' };
    },
  },
];
