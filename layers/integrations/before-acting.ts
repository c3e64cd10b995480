/**
 * For the steps around the one that acts. Before it, such as asking for a token or looking a payment up, silence means
 * that nothing was done. After it, a look that fails must not be taken for a failure of the act.
 */
import { ProviderError } from './provider.ts';

/** @throws ProviderError that never says the provider may have acted */
export async function beforeActing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProviderError) || !error.mayHaveActed) throw error;
    throw new ProviderError('unavailable', error.message, {
      ...(error.providerCode === undefined ? {} : { providerCode: error.providerCode }),
      cause: error.cause,
    });
  }
}

/** What is seen after the act, or what follows from the act alone when nothing can be seen. */
export async function afterActing<T>(look: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ProviderError) return otherwise;
    throw error;
  }
}
