/**
 * Gives every unit test file a world of its own inside a process that ran others before: modules of the product loaded anew
 * (with them their caches and clients), the environment as it was, real time. What stays is what packages have compiled, which
 * a process per file would pay for again and again.
 */
import { vi } from 'vitest';

declare global {
  var environmentAtStart: NodeJS.ProcessEnv | undefined;
}

globalThis.environmentAtStart ??= { ...process.env };
// The runner's own are its business.
for (const name of Object.keys(process.env))
  if (!(name in globalThis.environmentAtStart) && !name.startsWith('VITEST')) delete process.env[name];
for (const [name, value] of Object.entries(globalThis.environmentAtStart))
  if (process.env[name] !== value && !name.startsWith('VITEST')) process.env[name] = value;

vi.useRealTimers();
vi.unstubAllEnvs();
vi.unstubAllGlobals();
vi.resetModules();
