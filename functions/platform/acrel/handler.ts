/** Lambda entry of `/api/v1/acrel/webhooks`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { receiveWebhook } from './receive-webhook.ts';
import { acrelWebhooks } from './routes.ts';

/** A platform of a whole utility reports from one address. */
const limit = { perMinute: 12_000, perDay: 10_000_000 };

export const handler = serve(
  acrelWebhooks,
  {
    receiveAcrelReading: receiveWebhook('meter-reading'),
    receiveAcrelAlert: receiveWebhook('alert'),
    receiveAcrelStatus: receiveWebhook('status-change'),
    receiveAcrelDisconnect: receiveWebhook('disconnect-confirm'),
    receiveAcrelReconnect: receiveWebhook('reconnect-confirm'),
  },
  {
    publicLimits: {
      receiveAcrelReading: limit,
      receiveAcrelAlert: limit,
      receiveAcrelStatus: limit,
      receiveAcrelDisconnect: limit,
      receiveAcrelReconnect: limit,
    },
  },
);
