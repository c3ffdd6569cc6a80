import { MigratorError } from '../../../errors.ts';
import type { ByteStream } from '../../../ports/artifact.ts';
import type { Http, HttpResponse, RequestFile } from '../../../ports/http.ts';
import { answerReader, jsonOf } from '../../shared/answers.ts';
import type { SpacePaths } from './client.ts';
import { linksOf, pathOf } from './links.ts';
import {
  artifactSchema,
  exportStartedSchema,
  importFileSchema,
  importFilesSchema,
  pageSchema,
  previewSchema,
  startedSchema,
  type ArtifactResource,
  type ImportFileResource,
  type PreviewResource,
} from './schemas.ts';

const decoded = answerReader('check that the URL is an Octopus Deploy server');

/** Where the server reads a zip: the task of this server that exported it, or an uploaded file. */
export type ImportSource =
  | { readonly Type: 'space'; readonly SpaceId: string; readonly TaskId: string }
  | { readonly Type: 'upload'; readonly UploadedFileId: string };

/** One function for each endpoint of Projects Export/Import, which came with 2021.1. */
export interface ExportImportClient {
  /** The task, and the ids of all projects that the zip will hold. */
  startExport(
    space: SpacePaths,
    projects: readonly string[],
    password: string,
    signal: AbortSignal,
  ): Promise<{ readonly task: string; readonly projects: readonly string[] }>;
  /** The artifacts of a task, newest first. */
  artifacts(space: SpacePaths, task: string, signal: AbortSignal): Promise<readonly ArtifactResource[]>;
  content(
    space: SpacePaths,
    artifact: ArtifactResource,
    from: number,
    signal: AbortSignal,
  ): Promise<HttpResponse<ByteStream> & { readonly size: number | undefined }>;
  deleteArtifact(space: SpacePaths, id: string, signal: AbortSignal): Promise<void>;
  /** The uploaded file as the answer names it; undefined when the answer is empty or names none. */
  upload(space: SpacePaths, file: UploadedFile, signal: AbortSignal): Promise<ImportFileResource | undefined>;
  importFiles(space: SpacePaths, signal: AbortSignal): Promise<readonly ImportFileResource[]>;
  preview(space: SpacePaths, source: ImportSource, password: string, signal: AbortSignal): Promise<PreviewResource>;
  /** Returns the id of the queued task. */
  startImport(space: SpacePaths, source: ImportSource, password: string, signal: AbortSignal): Promise<string>;
}

export type UploadedFile = Pick<RequestFile, 'fileName' | 'size' | 'open'>;

// The server stores the file, or reads it, before it answers.
const longMs = 10 * 60_000;
const json = { 'content-type': 'application/json; charset=utf-8' };
const sensitive = (password: string) => ({ HasValue: true, NewValue: password });

export function createExportImportClient(http: Http): ExportImportClient {
  const place = ({ links, prefix }: SpacePaths, link: string, path: string): string =>
    pathOf(links, link, `${prefix}/projects/import-export/${path}`);

  const send = async (path: string, body: object, safety: 'once' | 'read', signal: AbortSignal): Promise<unknown> => {
    const request = {
      method: 'POST',
      path,
      json: body,
      headers: json,
      secretBodies: true,
      answerWithinMs: longMs,
    } as const;
    return (await http.json({ ...request, safety }, signal)).body;
  };

  const begun = (path: string): MigratorError =>
    new MigratorError('REMOTE_UNEXPECTED', `the server accepted POST ${path} but names no task`, {
      details: { ambiguous: true },
    });

  const artifactPath = ({ links, prefix }: SpacePaths, id: string): string =>
    pathOf(links, 'Artifacts', `${prefix}/artifacts{/id}`, { id });

  return {
    startExport: async (space, projects, password, signal) => {
      const path = place(space, 'ExportProjects', 'export');
      const body = { IncludedProjectIds: projects, Password: sensitive(password) };
      const started = exportStartedSchema.safeParse(await send(path, body, 'once', signal));
      if (!started.success) throw begun(path);
      return { task: started.data.TaskId, projects: started.data.ProjectIds };
    },
    artifacts: async ({ links, prefix }, task, signal) => {
      const documented = `${prefix}/artifacts{/id}{?regarding,skip,take}`;
      const template = links.get('artifacts');
      // A link without the filter would list the artifacts of all tasks.
      const known = template?.includes('regarding') === true ? links : new Map<string, string>();
      const path = pathOf(known, 'Artifacts', documented, { regarding: task, take: 100 });
      const page = decoded(pageSchema, (await http.json({ method: 'GET', path }, signal)).body, path);
      return page.Items.map((item) => decoded(artifactSchema, item, path));
    },
    content: (space, { Id, Links }, from, signal) => {
      const range = from === 0 ? {} : { headers: { range: `bytes=${from}-` } };
      const path = pathOf(linksOf(Links), 'Content', `${artifactPath(space, Id)}/content`);
      return http.stream({ method: 'GET', path, ...range, accept: [416] }, signal);
    },
    deleteArtifact: async (space, id, signal) => {
      await http.json({ method: 'DELETE', path: artifactPath(space, id), safety: 'idempotent', accept: [404] }, signal);
    },
    upload: async (space, file, signal) => {
      const path = place(space, 'ProjectImportFiles', 'import-files');
      const form = [{ ...file, field: 'fileToUpload', contentType: 'application/zip' }];
      const request = { method: 'POST', path, form, safety: 'once', answerWithinMs: longMs } as const;
      const answer = await http.text(request, signal);
      const read = importFileSchema.safeParse(jsonOf(answer.body));
      return read.success ? read.data : undefined;
    },
    importFiles: async (space, signal) => {
      const path = place(space, 'ProjectImportFiles', 'import-files');
      return decoded(importFilesSchema, (await http.json({ method: 'GET', path }, signal)).body, path)
        .ProjectImportFiles;
    },
    preview: async (space, source, password, signal) => {
      const path = place(space, 'ProjectImportPreview', 'import/preview');
      const body = { ImportSource: source, Password: sensitive(password) };
      // It changes nothing, so it may be repeated.
      return decoded(previewSchema, await send(path, body, 'read', signal), path);
    },
    startImport: async (space, source, password, signal) => {
      const path = place(space, 'ImportProjects', 'import');
      const body = { ImportSource: source, Password: sensitive(password) };
      const started = startedSchema.safeParse(await send(path, body, 'once', signal));
      if (!started.success) throw begun(path);
      return started.data.TaskId;
    },
  };
}
