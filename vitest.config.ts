import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests start processes, and programs start more: none compiles again what another has compiled.
process.env['NODE_COMPILE_CACHE'] ??= resolve('node_modules/.cache/tests');

// Whatever tests and the browsers they start leave in the temporary folder goes with the run that made it.
// This file is read once for each project: a folder in a folder in a folder has a path too long for the browser's socket.
if (!basename(tmpdir()).startsWith('mizan-tests-')) {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-tests-'));
  process.env['TMPDIR'] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}

const exclude = ['**/node_modules/**', 'dist/**', 'cdk.out/**'];

const system = {
  // Each process runs a whole platform, and waits for it much of the time; a third would only take memory.
  maxWorkers: 2,
  exclude,
  globalSetup: ['test/support/global-setup.ts'],
  // They run a whole platform on a machine that others may share; what fails twice is broken.
  retry: process.env['CI'] ? 1 : 0,
};

/** Unit tests stand beside their sources; system tests boot the synthesized application and need it built first. */
export default defineConfig({
  test: {
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'dist/test-results.json' }]] : ['default'],
    // What a test prints says something only where it fails.
    silent: 'passed-only',
    pool: 'forks',
    setupFiles: ['test/support/keep-compiled.ts'],
    // Ends what hangs; what a machine shared by many does slowly is no failure.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Many wait for sockets and files: with half as many again as there are cores, every core has something to do.
          maxWorkers: Math.ceil(availableParallelism() * 1.5),
          sequence: { groupOrder: 0 },
          // A process runs file after file, each with modules and an environment of its own.
          isolate: false,
          setupFiles: [
            'test/support/fresh-modules.ts',
            'test/support/property-seed.ts',
            'test/support/direct-calls.ts',
          ],
          include: [
            '{edge-gateway,infra,functions,layers,local,console,scripts}/**/*.test.ts',
            'test/architecture/**/*.test.ts',
          ],
          exclude,
        },
      },
      {
        extends: true,
        test: {
          ...system,
          name: 'http',
          sequence: { groupOrder: 1 },
          // A process runs file after file on one platform (test/support/shared-mizan.ts).
          isolate: false,
          include: ['test/http/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          ...system,
          name: 'system',
          sequence: { groupOrder: 2 },
          include: ['test/{e2e,faults,console}/**/*.test.ts'],
        },
      },
    ],
  },
});
