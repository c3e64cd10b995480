/**
 * Builds what is deployed, as a list of steps; `npx cdk synth` and `npm start` run it first. A step writes only what
 * changed, so that unchanged functions keep their asset hash and are not uploaded again.
 */
import { pathToFileURL } from 'node:url';
import { buildFunctions } from './build/build-functions.ts';
import { buildSite } from './build/build-site.ts';

interface BuildStep {
  name: string;
  /** @returns one line on what was done */
  run: () => Promise<string>;
}

const steps: BuildStep[] = [
  // First, because functions carry its files as assets.
  { name: 'site', run: makeSite },
  { name: 'functions', run: bundleFunctions },
];

async function makeSite(): Promise<string> {
  const { domains } = await import('../infra/domains.ts');
  const { operations, events } = await buildSite(domains);
  return `${operations} operations and ${events} events documented`;
}

async function bundleFunctions(): Promise<string> {
  // Loaded here, so that a broken manifest is reported as the failure of this step.
  const { domains } = await import('../infra/domains.ts');
  const { written, unchanged, removed, bytes } = await buildFunctions({
    manifests: domains,
    sourcemap: process.argv.includes('--sourcemap'),
  });
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  return `${written.length} written, ${unchanged.length} unchanged, ${removed.length} removed, ${size}`;
}

/** Runs every step. @throws the first step's failure, named */
export async function build(report: (line: string) => void = () => {}): Promise<void> {
  // Go collects garbage half as often: esbuild, which reads this when it starts, then computes a fifth less and takes a quarter more memory.
  process.env['GOGC'] ??= '200';
  for (const step of steps) {
    const started = performance.now();
    try {
      const outcome = await step.run();
      report(`${step.name}: ${outcome} (${Math.round(performance.now() - started)} ms)`);
    } catch (cause) {
      throw new Error(`The build stopped at "${step.name}": ${(cause as Error).message}`, { cause });
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  build((line) => console.error(line)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
