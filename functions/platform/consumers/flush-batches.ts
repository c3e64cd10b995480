/** Consumer `batcher`: closes batches that are full or old enough. */
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import { decodeFlush } from '../batches/buffer-entity.ts';
import { flushBuffer } from '../batches/flush-buffer.ts';

export const handler = consumeEach(decodeFlush, flushBuffer);
