/** Builds and synthesizes the application, or finds that nothing changed since the last time. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that decides what the assembly holds. */
const inputs = ['functions', 'layers', 'infra', 'console', 'scripts', 'cdk.json', 'package.json', 'package-lock.json'];

export const localAssembly = 'cdk.out/local';
const fingerprintFile = 'dist/local-inputs';

/**
 * Leaves a synthesized assembly of stage `local` in `localAssembly`.
 * @returns whether anything had to be made
 */
export async function prepareAssembly(report: (line: string) => void): Promise<boolean> {
  const fingerprint = fingerprintOf(inputs);
  const isCurrent =
    existsSync(join(localAssembly, 'manifest.json')) &&
    existsSync(fingerprintFile) &&
    readFileSync(fingerprintFile, 'utf8') === fingerprint;
  if (isCurrent) return false;
  // Loaded only when needed: CDK alone takes longer to load than an unchanged platform to start.
  const { build } = await import('../../scripts/build.ts');
  await build(report);
  // Its service is a process of its own, which the platform does not need beside it.
  await (await import('esbuild')).stop();
  const { synthesize } = await import('../../infra/synthesize.ts');
  synthesize({ stage: 'local', outdir: localAssembly });
  writeFileSync(fingerprintFile, fingerprint);
  return true;
}

/** Names, sizes and change times of all files below the paths. */
function fingerprintOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else if (!path.endsWith('.test.ts')) {
      hash.update(`${path}\0${stats.size}\0${stats.mtimeMs}\n`);
    }
  };
  for (const path of paths) visit(path);
  return hash.digest('hex');
}
