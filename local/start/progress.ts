/** Shows on the terminal what is being done and how long it took. */

export interface Progress {
  /** Runs one step under a name. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  note(line: string): void;
}

export function createProgress(out: NodeJS.WriteStream = process.stdout): Progress {
  return {
    async step(name, work) {
      const started = performance.now();
      if (out.isTTY) out.write(`  … ${name}`);
      try {
        const result = await work();
        out.write(`${out.isTTY ? '\r' : ''}  ✓ ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
        return result;
      } catch (error) {
        out.write(`${out.isTTY ? '\r' : ''}  ✗ ${name}\n`);
        throw error;
      }
    },
    note: (line) => out.write(`    ${line}\n`),
  };
}
