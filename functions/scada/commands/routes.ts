/** Routes of commands: what was asked of stations, what became of it, and the decision of a second person. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { commandStatuses } from '../controls/command-entity.ts';
import { commandAnswer } from '../controls/routes.ts';

const read = 'scada:controls:read';
const params = z.object({ id: generatedId('cmd') });

export const commands = defineResource({
  name: 'commands',
  base: '/api/scada/commands',
  title: 'Commands',
  routes: {
    listOpenCommands: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'Commands that are not over, newest first: with `status=requested` those that wait for a second person.',
      query: z.object({ status: z.optional(z.enum(commandStatuses)) }),
      response: z.array(commandAnswer),
      paginated: true,
    },
    getCommand: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one command with all its steps.',
      params,
      response: commandAnswer,
      errors: ['not_found'],
    },
    getCommandHistory: historyRoute(read, 'command', params),
    approveCommand: {
      method: 'POST',
      path: '/{id}/approve',
      access: 'scada:controls:approve',
      summary: 'Approve a command that somebody else asked for; it is sent at once.',
      params,
      response: commandAnswer,
      status: 202,
      errors: ['not_found', 'forbidden', 'conflict', 'gone', 'version_conflict'],
    },
    rejectCommand: {
      method: 'POST',
      path: '/{id}/reject',
      access: 'scada:controls:approve',
      summary: 'Reject a command that waits for approval, or take it back.',
      params,
      body: z._default(z.strictObject({ comment: z.optional(label(500)) }), {}),
      response: commandAnswer,
      status: 200,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
  },
});
