/** Routes of alarms. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, generatedId, label, timestamp } from '../../../layers/kernel/schema/common.ts';
import { alarmKinds, alarmSchema, alarmStatuses, priorities } from './alarm-entity.ts';

const read = 'scada:alarms:read';
const write = 'scada:alarms:write';
const params = z.object({ id: generatedId('alm') });
const answer = storedSchema(alarmSchema);
const comment = z.optional(label(1000));
const withComment = z._default(z.strictObject({ comment }), {});

export const alarmFilters = {
  priority: z.optional(z.enum(priorities)),
  kind: z.optional(z.enum(alarmKinds)),
};

export const alarms = defineResource({
  name: 'alarms',
  base: '/api/scada/alarms',
  title: 'Alarms',
  routes: {
    listAlarms: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List alarms, newest first.',
      description:
        'By the time they were raised; with `stationId` also those that flood control held back and that went by themselves.',
      query: z.object({
        stationId: z.optional(externalId()),
        ...alarmFilters,
        status: z.optional(z.enum(alarmStatuses)),
        pointId: z.optional(externalId()),
        deviceId: z.optional(externalId()),
        from: z.optional(timestamp()),
        to: z.optional(timestamp()),
      }),
      response: z.array(answer),
      paginated: true,
      errors: ['not_found'],
    },
    listActiveAlarms: {
      method: 'GET',
      path: '/active',
      access: read,
      summary: 'Alarms that are not closed and not shelved, newest first.',
      query: z.object({
        stationId: z.optional(externalId()),
        ...alarmFilters,
        includeShelved: z._default(z.stringbool(), false),
      }),
      response: z.array(answer),
      paginated: true,
      errors: ['not_found'],
    },
    getAlarm: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one alarm.',
      params,
      response: answer,
      errors: ['not_found'],
    },
    getAlarmHistory: historyRoute(read, 'alarm', params),
    acknowledgeAlarm: {
      method: 'PUT',
      path: '/{id}/acknowledge',
      access: write,
      summary: 'Acknowledge an alarm.',
      description: 'An alarm whose condition is gone is closed thereby.',
      params,
      body: withComment,
      response: answer,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    closeAlarm: {
      method: 'PUT',
      path: '/{id}/close',
      access: write,
      summary: 'Close an alarm; while its condition is still there, a comment must say why.',
      params,
      body: withComment,
      response: answer,
      errors: ['not_found', 'conflict', 'unprocessable', 'version_conflict'],
    },
    shelveAlarm: {
      method: 'PUT',
      path: '/{id}/shelve',
      access: write,
      summary: 'Put an alarm aside until a time: it leaves the active list and is not escalated.',
      params,
      body: z.strictObject({ until: timestamp(), comment }),
      response: answer,
      errors: ['not_found', 'conflict', 'unprocessable', 'version_conflict'],
    },
    unshelveAlarm: {
      method: 'PUT',
      path: '/{id}/unshelve',
      access: write,
      summary: 'Take an alarm off the shelf before its time.',
      params,
      body: withComment,
      response: answer,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    escalateAlarm: {
      method: 'PUT',
      path: '/{id}/escalate',
      access: write,
      summary: 'Raise the priority of an alarm by one.',
      params,
      body: withComment,
      response: answer,
      errors: ['not_found', 'conflict', 'version_conflict'],
    },
    commentAlarm: {
      method: 'POST',
      path: '/{id}/comments',
      access: write,
      summary: 'Say something about an alarm.',
      params,
      body: z.strictObject({ comment: label(1000) }),
      response: answer,
      errors: ['not_found', 'unprocessable', 'version_conflict'],
    },
  },
});
