// Routes outside `/api`: the page that people open first, and the path to which nuget.exe pushes.
import { nugetUpload } from './feed-routes.ts';
import { route, type Route } from './visit.ts';

const page = `<!DOCTYPE html>
<html lang="en">
<head><title>Octopus Deploy, embedded</title></head>
<body><h1>An embedded instance of Octopus Deploy</h1>
<p>There is no web portal here. The API is at <a href="/api">/api</a>.</p></body>
</html>
`;

const toPortal: Route = route('GET', '/', { open: true }, () => ({ status: 302, headers: { Location: '/app' } }));

const portal: Route = route('GET', '/app', { open: true }, () => ({
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: page,
}));

const nuget: Route = route(
  'PUT',
  '/nuget/packages',
  { permission: 'BuiltInFeedPush', query: ['replace', 'overwriteMode'] },
  nugetUpload,
);

/** By whole path; `:space` is the id of a space. */
export const outsideRoutes: readonly (readonly [string, Route])[] = [
  ['/', toPortal],
  ['/app', portal],
  ['/nuget/packages', nuget],
  ['/api/nuget/packages', nuget],
  ['/api/:space/nuget/packages', nuget],
];
