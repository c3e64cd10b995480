/** Lambda entry of `/api/v1/developer/callbacks`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { receiveCallback } from './receive-callback.ts';
import { providerCallbacks } from './routes.ts';

/** All of a provider's notifications come from few addresses; signatures, not this limit, keep strangers out. */
const limit = { perMinute: 6000, perDay: 5_000_000 };

export const handler = serve(
  providerCallbacks,
  { receiveCallback, confirmCallback: receiveCallback },
  { publicLimits: { receiveCallback: limit } },
);
