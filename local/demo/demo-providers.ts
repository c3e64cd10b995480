/** The simulated providers of `npm start`: on ports that stay the same, so that the demo's integrations find them again. */
import { type RunningProviders, startProviders } from '../providers/start-providers.ts';
import { ConfigurationError } from '../runtime/types.ts';

/** @throws ConfigurationError when a port is taken */
export async function startDemoProviders(port: number): Promise<RunningProviders> {
  // Mail and MQTT follow; 0 lets the system choose all three.
  const [smtpPort, mqttPort] = port === 0 ? [0, 0] : [port + 1, port + 2];
  try {
    return await startProviders({ port, smtpPort, mqttPort });
  } catch (error) {
    const { code, port: taken } = error as NodeJS.ErrnoException & { port?: number };
    if (code !== 'EADDRINUSE') throw error;
    throw new ConfigurationError(
      `Port ${taken} is in use: stop the other program or choose another with --providers-port`,
    );
  }
}
