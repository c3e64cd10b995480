/**
 * Keeps what V8 compiled of packages for the next test file. Each runs in a process of its own, which the runner ends with a
 * signal: what is not written before is lost. The folder is `NODE_COMPILE_CACHE`, which `vitest.config.ts` sets.
 */
import { flushCompileCache } from 'node:module';
import { afterAll } from 'vitest';

afterAll(() => flushCompileCache());
