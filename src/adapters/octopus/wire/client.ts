import { z } from 'zod';
import { MigratorError } from '../../../errors.ts';
import type { ByteStream } from '../../../ports/artifact.ts';
import type { Http, HttpRequest, HttpResponse, RequestFile } from '../../../ports/http.ts';
import { answerReader, dateOf } from '../../shared/answers.ts';
import { linksOf, pathOf, type Links, type TemplateValues } from './links.ts';
import {
  detailsSchema,
  documentSchema,
  linksSchema,
  maintenanceSchema,
  namedSchema,
  packageSchema,
  permissionsSchema,
  pageSchema,
  projectSchema,
  rootSchema,
  spaceSchema,
  startedSchema,
  systemInfoSchema,
  taskSchema,
  userSchema,
  type DocumentResource,
  type NamedResource,
  type PackageResource,
  type ProjectResource,
  type RootResource,
  type SpaceResource,
  type TaskDetails,
  type TaskResource,
} from './schemas.ts';

const decoded = answerReader('check that the URL is an Octopus Deploy server');

/** One function for each endpoint: its path, its request and its answer. Decisions are made elsewhere. */
export interface Client {
  root(signal: AbortSignal): Promise<RootResource>;
  currentUser(root: Links, signal: AbortSignal): Promise<z.infer<typeof userSchema>>;
  permissions(user: string, signal: AbortSignal): Promise<z.infer<typeof permissionsSchema>>;
  maintenance(root: Links, signal: AbortSignal): Promise<boolean>;
  operatingSystem(signal: AbortSignal): Promise<string | undefined>;
  spaces(root: Links, signal: AbortSignal): AsyncIterable<SpaceResource>;
  space(root: Links, id: string, signal: AbortSignal): Promise<SpaceResource>;
  spaceLinks(root: Links, id: string, signal: AbortSignal): Promise<Links>;
  projects(space: SpacePaths, signal: AbortSignal): AsyncIterable<ProjectResource>;
  /** The documents of one kind in a space. `link` is their name in the root document, `path` the documented path. */
  documents(space: SpacePaths, kind: ListPath, signal: AbortSignal): AsyncIterable<NamedResource>;
  /** Whole documents of a list. `links` are those of the space or of the project that the list belongs to. */
  wholes(links: Links, list: ListPath, values: TemplateValues, signal: AbortSignal): AsyncIterable<DocumentResource>;
  /** By its own link, else at `documented`. One that is not there is no failure. */
  deleteDocument(document: DocumentResource, documented: string, signal: AbortSignal): Promise<undefined>;
  variableSets(space: SpacePaths, ids: readonly string[], signal: AbortSignal): Promise<readonly DocumentResource[]>;
  /** Returns the id of the queued task. The body holds a password, and so does the answer. */
  startExport(root: Links, body: object, signal: AbortSignal): Promise<string>;
  startImport(root: Links, body: object, signal: AbortSignal): Promise<string>;
  tasks(root: Links, name: string | undefined, signal: AbortSignal): AsyncIterable<Listed<TaskResource>>;
  task(root: Links, id: string, signal: AbortSignal): Promise<TaskResource>;
  /** The task with its running steps, in one request. Undefined when there is no such task or no such address. */
  taskOverview(root: Links, id: string, signal: AbortSignal): Promise<TaskDetails | undefined>;
  taskDetails(task: TaskResource, signal: AbortSignal): Promise<TaskDetails | undefined>;
  taskText(task: TaskResource, signal: AbortSignal): Promise<string>;
  queuedBehind(task: TaskResource, signal: AbortSignal): Promise<number | undefined>;
  cancelTask(task: TaskResource, signal: AbortSignal): Promise<void>;
  packages(space: SpacePaths, packageId: string | undefined, signal: AbortSignal): AsyncIterable<PackageResource>;
  /** Undefined when the feed has no such package. */
  package(space: SpacePaths, id: string, signal: AbortSignal): Promise<PackageResource | undefined>;
  upload(space: SpacePaths, file: RequestFile, mode: OverwriteMode, signal: AbortSignal): Promise<number>;
  rawPackage(
    space: SpacePaths,
    id: string,
    from: number,
    signal: AbortSignal,
  ): Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;
  /** False when there was none. */
  deletePackage(space: SpacePaths, id: string, signal: AbortSignal): Promise<boolean>;
}

/** The links of a space, and the prefix of its documented paths for links that are missing: `api/Spaces-1` or `api`. */
export interface SpacePaths {
  readonly links: Links;
  readonly prefix: string;
}

/** The name of a list's link, and its documented path below `api`, without the query. */
export interface ListPath {
  readonly link: string;
  readonly path: string;
}

type OverwriteMode = 'FailIfExists' | 'OverwriteExisting';

/** An item of a list, with the server's time when it sent the page; undefined when it did not say. */
interface Listed<Item> {
  readonly item: Item;
  readonly serverTime: Date | undefined;
}

const pageSize = 100;
// The server unpacks and indexes a package before it answers. Its own clients wait as long.
const uploadMs = 10 * 60_000;
const taskParameters = '{?skip,take,name,includeSystem}';

export function createClient(http: Http): Client {
  const get = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
    rest: Partial<HttpRequest> = {},
  ): Promise<z.infer<Schema>> => {
    const answer = await http.json({ method: 'GET', path, ...rest }, signal);
    return decoded(schema, answer.body, path);
  };

  async function* pages<Schema extends z.ZodType>(
    path: (values: TemplateValues) => string,
    schema: Schema,
    signal: AbortSignal,
  ): AsyncIterable<Listed<z.infer<Schema>>> {
    for (let skip = 0; ;) {
      const here = path({ skip, take: pageSize });
      const answer = await http.json({ method: 'GET', path: here }, signal);
      const page = decoded(pageSchema, answer.body, here);
      const serverTime = dateOf(answer.headers['date']);
      for (const item of page.Items) yield { item: decoded(schema, item, here), serverTime };
      skip += page.Items.length;
      if (page.Items.length === 0 || skip >= (page.TotalResults ?? Number.POSITIVE_INFINITY)) return;
    }
  }

  async function* items<Schema extends z.ZodType>(
    path: (values: TemplateValues) => string,
    schema: Schema,
    signal: AbortSignal,
  ): AsyncIterable<z.infer<Schema>> {
    for await (const { item } of pages(path, schema, signal)) yield item;
  }

  const start = async (path: string, body: object, signal: AbortSignal): Promise<string> => {
    const request = { method: 'POST', path, json: body, safety: 'once', secretBodies: true } as const;
    const { body: echo } = await http.json(request, signal);
    const started = startedSchema.safeParse(echo);
    if (!started.success) {
      throw new MigratorError('REMOTE_UNEXPECTED', `the server accepted POST ${path} but names no task`, {
        details: { ambiguous: true },
      });
    }
    return started.data.TaskId;
  };

  const detailsAt = async (path: string, signal: AbortSignal): Promise<TaskDetails | undefined> => {
    const answer = await http.json({ method: 'GET', path, accept: [404] }, signal);
    return answer.status === 404 ? undefined : decoded(detailsSchema, answer.body, path);
  };

  const packagePath = (space: SpacePaths, id: string): string =>
    pathOf(space.links, 'Packages', `${space.prefix}/packages{/id}`, { id });

  return {
    root: (signal) => get('api', rootSchema, signal),
    currentUser: (root, signal) => get(pathOf(root, 'CurrentUser', 'api/users/me'), userSchema, signal),
    permissions: (user, signal) =>
      get(`api/users/${encodeURIComponent(user)}/permissions?includeSystem=true`, permissionsSchema, signal),
    maintenance: async (root, signal) => {
      const path = pathOf(root, 'MaintenanceConfiguration', 'api/maintenanceconfiguration');
      return (await get(path, maintenanceSchema, signal)).IsInMaintenanceMode;
    },
    operatingSystem: async (signal) =>
      (await get('api/serverstatus/system-info', systemInfoSchema, signal)).OSVersion ?? undefined,
    spaces: (root, signal) =>
      items((values) => pathOf(root, 'Spaces', 'api/spaces{?skip,take}', values), spaceSchema, signal),
    space: (root, id, signal) => get(pathOf(root, 'Spaces', 'api/spaces{/id}', { id }), spaceSchema, signal),
    spaceLinks: async (root, id, signal) =>
      linksOf((await get(pathOf(root, 'SpaceHome', 'api/{spaceId}', { spaceId: id }), linksSchema, signal)).Links),
    projects: ({ links, prefix }, signal) =>
      items((values) => pathOf(links, 'Projects', `${prefix}/projects{?skip,take}`, values), projectSchema, signal),

    documents: ({ links, prefix }, { link, path }, signal) =>
      items((values) => pathOf(links, link, `${prefix}/${path}{?skip,take}`, values), namedSchema, signal),

    wholes: (links, { link, path }, given, signal) =>
      items(
        (values) => pathOf(links, link, `${path}{?skip,take,ids}`, { ...values, ...given }),
        documentSchema,
        signal,
      ),
    variableSets: ({ links, prefix }, ids, signal) => {
      const path = pathOf(links, 'Variables', `${prefix}/variables{/id}{?ids}`, { id: 'all', ids: ids.join(',') });
      return get(path, z.array(documentSchema), signal);
    },

    startExport: (root, body, signal) =>
      start(pathOf(root, 'MigrationsPartialExport', 'api/migrations/partialexport'), body, signal),
    startImport: (root, body, signal) => start(pathOf(root, 'MigrationsImport', 'api/migrations/import'), body, signal),

    tasks: (root, name, signal) =>
      pages(
        (values) => pathOf(root, 'Tasks', `api/tasks${taskParameters}`, { ...values, name, includeSystem: true }),
        taskSchema,
        signal,
      ),
    task: (root, id, signal) => get(pathOf(root, 'Tasks', 'api/tasks{/id}', { id }), taskSchema, signal),
    taskOverview: (root, id, signal) =>
      detailsAt(`${pathOf(root, 'Tasks', 'api/tasks{/id}', { id })}/details?verbose=false&tail=10`, signal),
    taskDetails: (task, signal) =>
      detailsAt(ofTask(task, 'Details', '/details{?verbose,tail}', { verbose: true }), signal),
    taskText: async (task, signal) => {
      const path = ofTask(task, 'Raw', '/raw');
      return (await http.text({ method: 'GET', path }, signal)).body;
    },
    queuedBehind: async (task, signal) => {
      const path = ofTask(task, 'QueuedBehind', '/queued-behind');
      const answer = await http.json({ method: 'GET', path, accept: [403, 404] }, signal);
      const page = pageSchema.safeParse(answer.body);
      return page.success ? (page.data.TotalResults ?? page.data.Items.length) : undefined;
    },
    cancelTask: async (task, signal) => {
      await http.json({ method: 'POST', path: ofTask(task, 'Cancel', '/cancel'), safety: 'idempotent' }, signal);
    },

    packages: ({ links, prefix }, packageId, signal) =>
      items(
        (values) =>
          pathOf(links, 'Packages', `${prefix}/packages{?nuGetPackageId,skip,take}`, {
            ...values,
            nuGetPackageId: packageId,
          }),
        packageSchema,
        signal,
      ),
    package: async (space, id, signal) => {
      const path = packagePath(space, id);
      const answer = await http.json({ method: 'GET', path, accept: [404] }, signal);
      return answer.status === 404 ? undefined : decoded(packageSchema, answer.body, path);
    },
    upload: async ({ links, prefix }, file, mode, signal) => {
      // Servers before 2019.7.9 have `replace` instead. The template of the link shows which.
      const path = pathOf(links, 'PackageUpload', `${prefix}/packages/raw{?overwriteMode}`, uploadMode(links, mode));
      const safety = mode === 'OverwriteExisting' ? 'idempotent' : 'once';
      return (
        await http.json({ method: 'POST', path, form: [file], safety, answerWithinMs: uploadMs, accept: [409] }, signal)
      ).status;
    },
    rawPackage: (space, id, from, signal) => {
      const range = from === 0 ? {} : { headers: { range: `bytes=${from}-` } };
      return http.stream({ method: 'GET', path: `${packagePath(space, id)}/raw`, ...range, accept: [416] }, signal);
    },
    deleteDocument: async ({ Links }, documented, signal) => {
      const path = pathOf(linksOf(Links), 'Self', documented);
      await http.json({ method: 'DELETE', path, safety: 'idempotent', accept: [404] }, signal);
      return undefined;
    },
    deletePackage: async (space, id, signal) => {
      const path = packagePath(space, id);
      return (await http.json({ method: 'DELETE', path, safety: 'idempotent', accept: [404] }, signal)).status !== 404;
    },
  };
}

function ofTask(task: TaskResource, link: string, rest: string, values: TemplateValues = {}): string {
  return pathOf(linksOf(task.Links), link, `api/tasks/${encodeURIComponent(task.Id)}${rest}`, values);
}

function uploadMode(links: Links, mode: OverwriteMode): TemplateValues {
  const template = links.get('packageupload');
  return template === undefined || template.includes('overwriteMode')
    ? { overwriteMode: mode }
    : { replace: mode === 'OverwriteExisting' };
}
