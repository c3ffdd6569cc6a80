import { expect, test } from '@jest/globals';
import { rightsOf } from '../../../../src/adapters/octopus/rights.ts';
import { connectTo } from '../../../../src/adapters/octopus/server.ts';
import { createClient } from '../../../../src/adapters/octopus/wire/client.ts';
import { adapterTools, never } from '../../../support/adapter-tools.ts';
import { withExportImport, type Choices } from '../../../support/export-import-server.ts';

const rights = (choices: Choices) =>
  withExportImport(choices, ({ url }) => {
    const http = adapterTools({ retries: 0 }).http({ baseUrl: url, headers: () => ({}) });
    return rightsOf(connectTo(createClient(http), undefined), never);
  });
const none = { SystemPermissions: [], SpacePermissions: {}, Teams: [{ Id: 'teams-everyone' }], IsTeamsComplete: true };
const inTeam = { ...none, Teams: [{ Id: 'Teams-7' }] };
const led = { SpaceManagersTeams: ['teams-spacemanagers-Spaces-1', 'Teams-7'], SpaceManagersTeamMembers: [] };
const edits = (space: string | null) => ({ ...none, SpacePermissions: { TeamEdit: [{ SpaceId: space }] } });

test.each<[string, Choices, boolean | undefined]>([
  ['is a manager whom the space names', { permissions: none, space: { SpaceManagersTeamMembers: ['Users-1'] } }, true],
  ['is a manager by a team that the space names', { permissions: inTeam, space: led }, true],
  ['is one as a system administrator', { permissions: { ...none, SystemPermissions: ['AdministerSystem'] } }, true],
  ['is none when the space names others', { permissions: none, space: led }, false],
  ['is none when the right to edit teams is for another space', { permissions: edits('Spaces-9') }, false],
  ['may be one by a role when it edits the teams of the space', { permissions: edits('Spaces-1') }, undefined],
  ['may be one by a role when it edits all teams', { permissions: edits(null) }, undefined],
  [
    'may be one when its teams are not shown whole',
    { permissions: { ...inTeam, IsTeamsComplete: false }, space: { ...led, SpaceManagersTeams: ['Teams-8'] } },
    undefined,
  ],
  [
    'may be one when the space names no managers',
    { permissions: none, space: { SpaceManagersTeams: null } },
    undefined,
  ],
  ['may be one when nothing is shown of it', {}, undefined],
  ['is one by the space when its permissions are hidden', { space: { SpaceManagersTeamMembers: ['Users-1'] } }, true],
])('the account %s', async (_, choices, expected) => {
  expect((await rights(choices)).isManager).toBe(expected);
});
