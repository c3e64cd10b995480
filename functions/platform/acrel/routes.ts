/** The documented webhooks of Acrel IoT-EMS. */
import * as z from 'zod/mini';
import { defineResource, type Route } from '../../../layers/kernel/http/route.ts';

export const acrelEvents = {
  'meter-reading': 'meter_reading',
  alert: 'alert',
  'status-change': 'status_change',
  'disconnect-confirm': 'disconnect_confirm',
  'reconnect-confirm': 'reconnect_confirm',
} as const;

const description =
  'Headers: `x-integration-token` names the integration; the signature header holds the hex HMAC-SHA256 of `timestamp.body` with its `webhook_secret`; the timestamp may be five minutes old. Only addresses in `allowedIps` of the integration are heard, and each event is taken once. Bodies are those of Acrel IoT-EMS: `event_type`, `timestamp`, `meter_id`, and what belongs to the event as on MQTT.';

const confirms = (state: string, type: string) =>
  ` \`event_type\` is \`${type}\`, with the \`command_id\` if it is known, or \`status_change\` with \`new_status\` \`${state}\`. A \`status\` \`failed\`, \`refused\` or \`rejected\`, with a \`reason\`, says that it was not done, and confirms nothing.`;

const route = <const P extends string>(path: P, summary: string, more = '') =>
  ({
    method: 'POST',
    path: `/${path}`,
    access: 'public',
    summary,
    description: `${description}${more}`,
    response: z.object({ accepted: z.boolean(), duplicate: z.boolean() }),
    status: 200,
    errors: ['unauthenticated', 'forbidden', 'not_found', 'unprocessable', 'unavailable'],
  }) as const satisfies Route;

export const acrelWebhooks = defineResource({
  name: 'acrel-webhooks',
  base: '/api/v1/acrel/webhooks',
  title: 'Acrel webhooks',
  routes: {
    receiveAcrelReading: route('meter-reading', 'Take in a new reading of a meter.'),
    receiveAcrelAlert: route('alert', 'Take in an alert of a meter.'),
    receiveAcrelStatus: route('status-change', 'Take in a change of the status of a meter.'),
    receiveAcrelDisconnect: route(
      'disconnect-confirm',
      'Take in that a meter was disconnected as commanded.',
      confirms('disconnected', 'disconnect_confirm'),
    ),
    receiveAcrelReconnect: route(
      'reconnect-confirm',
      'Take in that a meter was connected again as commanded.',
      confirms('connected', 'reconnect_confirm'),
    ),
  },
});

export type AcrelRoutes = typeof acrelWebhooks.routes;
