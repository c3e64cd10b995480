/** Builds and synthesizes the application once, before any test boots it. */
import { prepareAssembly } from '../../local/start/prepare.ts';

export default async function setUp(): Promise<void> {
  await prepareAssembly(() => {});
}
