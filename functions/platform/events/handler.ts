/** Lambda entry of `/api/v1/developer/events`. */
import { serve } from '../../../layers/kernel/http/serve.ts';
import { replayOperations } from '../replays/start-replay.ts';
import { listEvents } from './list-events.ts';
import { readEvents } from './read-events.ts';
import { events } from './routes.ts';

export const handler = serve(events, { listEvents, ...readEvents, ...replayOperations }, { table: 'platform' });
