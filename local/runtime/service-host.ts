/** Holds the running services: finds them by signing name, starts them in order, and drains and stops them in the reverse. */
import { type AwsService, ConfigurationError, type Logger, type ResourceProvider } from './types.ts';

export class ServiceHost {
  readonly #services: AwsService[] = [];
  readonly #bySigningName = new Map<string, AwsService>();

  add(service: AwsService): void {
    this.#services.push(service);
    for (const name of [service.signingName, ...(service.signingAliases ?? [])]) {
      if (this.#bySigningName.has(name)) throw new Error(`Two services answer to "${name}".`);
      this.#bySigningName.set(name, service);
    }
  }

  lookUp(signingName: string): AwsService | undefined {
    return this.#bySigningName.get(signingName);
  }

  get<T extends AwsService>(signingName: string): T {
    const service = this.lookUp(signingName);
    if (!service) throw new ConfigurationError(`The local runtime has no service "${signingName}".`);
    return service as T;
  }

  /** The provider of every resource type. */
  providers(): Map<string, ResourceProvider> {
    const providers = new Map<string, ResourceProvider>();
    for (const { resources, signingName } of this.#services)
      for (const [type, provider] of Object.entries(resources)) {
        if (providers.has(type)) throw new Error(`The service "${signingName}" creates ${type}, as another does.`);
        providers.set(type, provider);
      }
    return providers;
  }

  async start(): Promise<void> {
    for (const service of this.#services) await service.start?.();
  }

  /**
   * Drains all services at once, then stops every one, those as well that never started: they may hold files. One that fails
   * does not keep the others running.
   */
  async stop(log: Logger): Promise<void> {
    const services = this.#services.splice(0).reverse();
    const end = async (service: AwsService, step: 'drain' | 'stop'): Promise<void> => {
      try {
        await service[step]?.();
      } catch (error) {
        log.error('A local service did not stop cleanly', {
          service: service.signingName,
          error: (error as Error).stack,
        });
      }
    };
    await Promise.all(services.map((service) => end(service, 'drain')));
    for (const service of services) await end(service, 'stop');
  }
}
