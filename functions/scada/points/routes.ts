/** Routes of data points. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { pointTypes } from '../../../layers/station/station-configuration.ts';
import { importFormats } from './parse-import.ts';
import { createPointSchema, pointAnswer, pointRoles, updatePointSchema } from './point-schema.ts';

const read = 'scada:devices:read';
const write = 'scada:devices:write';
const params = z.object({ id: externalId() });

export const points = defineResource({
  name: 'points',
  base: '/api/scada/points',
  title: 'Data points',
  routes: {
    listPoints: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List data points, with their last values.',
      query: z.object({
        stationId: z.optional(externalId()),
        deviceId: z.optional(externalId()),
        pointType: z.optional(z.enum(pointTypes)),
        role: z.optional(z.enum(pointRoles)),
      }),
      response: z.array(pointAnswer),
      paginated: true,
      errors: ['not_found'],
    },
    getPoint: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one data point, with its last value.',
      params,
      response: pointAnswer,
      errors: ['not_found'],
    },
    createPoint: {
      method: 'POST',
      path: '',
      access: write,
      summary: 'Create a data point.',
      description:
        'A point has an address and a data type, or an expression from which its station computes it. It takes effect at the station with the next configuration that is published.',
      body: createPointSchema,
      response: pointAnswer,
      errors: ['already_exists', 'not_found'],
    },
    importPoints: {
      method: 'POST',
      path: '/import',
      access: write,
      summary: 'Create or replace thousands of points from a file: all of them, or none and a report.',
      description:
        '`content` is the text of the file: JSON lines with the fields of `createPoint`, or CSV whose first line names them. Points are known by their id, so the same file can be imported again. With `dryRun` nothing is written.',
      body: z.strictObject({
        format: z.enum(importFormats),
        content: z.string().check(z.minLength(1), z.maxLength(1_000_000)),
        dryRun: z._default(z.boolean(), false),
      }),
      response: z.object({
        /** Whether everything was written; otherwise nothing was. */
        applied: z.boolean(),
        created: z.int(),
        replaced: z.int(),
        problems: z.array(z.object({ line: z.int(), path: z.string(), message: z.string() })),
      }),
      status: 200,
    },
    updatePoint: {
      method: 'PUT',
      path: '/{id}',
      access: write,
      summary: 'Change a data point; fields left out stay as they are, `null` removes one.',
      params,
      body: updatePointSchema,
      response: pointAnswer,
      errors: ['not_found', 'version_conflict'],
    },
    getPointHistory: historyRoute(read, 'point', params),
    deletePoint: {
      method: 'DELETE',
      path: '/{id}',
      access: write,
      summary: 'Delete a data point. Its recorded values stay.',
      params,
      errors: ['not_found', 'version_conflict'],
    },
  },
});
