/** Consumer `lane-runner`: delivers, in order, to endpoints that ask for it. */
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { decodeToken } from '../lanes/lane-entity.ts';
import { runLane } from '../lanes/run-lane.ts';

export const handler = consumeEach(decodeToken, runLane);
