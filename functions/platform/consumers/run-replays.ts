/** Consumer `replayer`: moves replay jobs on, one step per message. */
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { decodeStep } from '../replays/replay-entity.ts';
import { runReplayStep } from '../replays/run-replay-step.ts';

export const handler = consumeEach(decodeStep, runReplayStep);
