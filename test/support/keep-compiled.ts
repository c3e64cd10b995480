/**
 * Keeps what V8 compiled of packages for the next process. The runner ends one with a signal: what is not written before is
 * lost. The folder is `NODE_COMPILE_CACHE`, which `vitest.config.ts` sets.
 */
import { flushCompileCache } from 'node:module';
import { afterAll } from 'vitest';

afterAll(() => flushCompileCache());
