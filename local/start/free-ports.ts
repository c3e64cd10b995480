/** Finds out before anything is built or started whether the ports of the command line are free. */
import { createServer } from 'node:net';
import { ConfigurationError } from '../runtime/types.ts';
import type { StartOptions } from './options.ts';

type Ports = Pick<StartOptions, 'restPort' | 'mqttPort' | 'awsPort' | 'providers' | 'providersPort'>;

/** @throws ConfigurationError that names the first port that is taken, and the option that chooses another */
export async function requireFreePorts(options: Ports): Promise<void> {
  const { restPort, mqttPort, awsPort, providers, providersPort } = options;
  // The mail server and the broker among the providers are on the ports that follow.
  const ofProviders = providers && providersPort > 0 ? [0, 1, 2].map((next) => providersPort + next) : [];
  const wanted: [option: string, port: number][] = [
    ['--port', restPort],
    ['--mqtt-port', mqttPort],
    ['--aws-port', awsPort],
    ...ofProviders.map((port): [string, number] => ['--providers-port', port]),
  ];
  for (const [option, port] of wanted)
    if (port > 0 && !(await isFree(port)))
      throw new ConfigurationError(`Port ${port} is in use: stop the other program or choose another with ${option}`);
}

/** On the address that everything here listens on. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
