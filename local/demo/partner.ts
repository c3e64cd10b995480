/**
 * A partner's webhook receiver on this machine: checks every signature with the public Standard Webhooks library and
 * answers. It makes the demo alive, and shows partners how little they need.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Partner {
  url: string;
  /** Use these secrets from now on; a delivery is good when one of them signed it. */
  trust(secrets: readonly string[]): void;
  counts(): { accepted: number; refused: number };
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024;

export async function startPartner(port = 0): Promise<Partner> {
  let hooks: Webhook[] = [];
  const counts = { accepted: 0, refused: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => {
      const isGenuine = verify(
        hooks,
        Buffer.concat(chunks).toString('utf8'),
        request.headers as Record<string, string>,
      );
      counts[isGenuine ? 'accepted' : 'refused'] += 1;
      response.writeHead(isGenuine ? 204 : 401).end();
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mizan`,
    trust: (secrets) => {
      hooks = secrets.map((secret) => new Webhook(secret));
    },
    counts: () => ({ ...counts }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function verify(hooks: readonly Webhook[], body: string, headers: Record<string, string>): boolean {
  return hooks.some((hook) => {
    try {
      hook.verify(body, headers);
      return true;
    } catch {
      return false;
    }
  });
}
