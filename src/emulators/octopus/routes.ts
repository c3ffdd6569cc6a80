import { artifactRoutes } from './artifacts.ts';
import { buildInformationRoutes } from './build-information.ts';
import { certificateRoutes } from './certificates.ts';
import { defectRoutes } from './defects.ts';
import { documentRoutes } from './document-routes.ts';
import { dashboardRoutes } from './executions/dashboard.ts';
import { executionRoutes } from './executions/routes.ts';
import { templateRoutes } from './executions/templates.ts';
import { feedRoutes } from './feed-routes.ts';
import { feedSearchRoutes } from './feed-search.ts';
import type { Offers } from './edition.ts';
import { importExportRoutes } from './import-export/routes.ts';
import { migrationRoutes } from './migrations/routes.ts';
import { projectRoutes } from './project-routes.ts';
import { serverRoutes } from './server-routes.ts';
import { spaceListRoutes } from './space-lists.ts';
import { spaceRoutes } from './space-routes.ts';
import type { TaskQueue } from './task-queue.ts';
import { taskRoutes } from './task-routes.ts';
import { tenantRoutes } from './tenant-routes.ts';
import { userRoutes } from './user-routes.ts';
import type { Route } from './visit.ts';

/** Every route below `/api`. Of two that fit a path, the earlier one answers. */
export const allRoutes = (queue: TaskQueue, offers: Offers): readonly Route[] => [
  ...serverRoutes,
  ...spaceRoutes(queue),
  ...userRoutes,
  ...taskRoutes(queue),
  ...feedRoutes,
  ...feedSearchRoutes,
  ...buildInformationRoutes,
  ...tenantRoutes,
  ...spaceListRoutes,
  ...projectRoutes,
  ...templateRoutes,
  ...executionRoutes(queue),
  ...dashboardRoutes,
  ...defectRoutes,
  ...certificateRoutes,
  ...artifactRoutes,
  ...(offers.migrations ? migrationRoutes(queue) : []),
  ...(offers.importExport ? importExportRoutes(queue) : []),
  ...documentRoutes,
];
