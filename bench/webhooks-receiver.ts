/** A partner for the webhook benchmark, in a process of its own: answers every POST after a while. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answerMs = Number(process.argv[2]);

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (answerMs === 0) response.writeHead(204).end();
    else setTimeout(() => response.writeHead(204).end(), answerMs);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
