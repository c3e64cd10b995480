/** Routes of control points. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { maxCommandLifeMs } from '../../../layers/station/messages.ts';
import { pointSchema } from '../points/point-schema.ts';
import { readingSchema } from '../values/reading-schemas.ts';
import { actionSchema, commandSchema } from './command-entity.ts';

const params = z.object({ id: externalId() });

export const commandBody = {
  action: actionSchema,
  /** Counts from the request; nothing is sent or executed after it. */
  expiresInSeconds: z.int().check(z.gte(1), z.lte(maxCommandLifeMs / 1000)),
  comment: z.optional(label(500)),
};

export const commandAnswer = storedSchema(commandSchema);

/** What everybody who gives a command should know. */
export const commandDescription =
  'Needs an `Idempotency-Key`: repeated with the same key it is the same command. It is sent once, never after its expiry, and by select before operate where the point says so. Where two persons are needed it waits as `requested` until somebody else approves it. What becomes of it: `GET /api/scada/commands/{id}`, the event `control.command_updated`, the live channel `status`.';

export const controls = defineResource({
  name: 'controls',
  base: '/api/scada/controls',
  title: 'Controls',
  routes: {
    listControls: {
      method: 'GET',
      path: '',
      access: 'scada:controls:read',
      summary: 'List control points: points that can be commanded, with their last values.',
      query: z.object({ stationId: z.optional(externalId()) }),
      response: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          stationId: z.string(),
          deviceId: z.string(),
          pointType: pointSchema.shape.pointType,
          unit: z.nullable(z.string()),
          mode: z.enum(['direct', 'select_before_operate']),
          /** Condition without which the station refuses. */
          interlock: z.nullable(z.string()),
          readBackPointId: z.nullable(z.string()),
          approval: z.enum(['tenant', 'none', 'two_person']),
          lowLimit: z.nullable(z.number()),
          highLimit: z.nullable(z.number()),
          /** Of the point itself and of its read-back. */
          reading: z.nullable(readingSchema),
          readBack: z.nullable(readingSchema),
        }),
      ),
      paginated: true,
      errors: ['not_found'],
    },
    executeControl: {
      method: 'POST',
      path: '/{id}/execute',
      access: 'scada:controls:execute',
      summary: 'Give a command to a control point.',
      description: commandDescription,
      params,
      body: z.strictObject(commandBody),
      response: commandAnswer,
      status: 202,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    listControlHistory: {
      method: 'GET',
      path: '/{id}/history',
      access: 'scada:controls:read',
      summary: 'Commands of a control point, newest first, each with all its steps.',
      params,
      response: z.array(commandAnswer),
      paginated: true,
      errors: ['not_found'],
    },
  },
});
