/** A program built on a reference implementation: told what to do on its standard input, says what it saw on its output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class ReferenceProgram {
  readonly #child: ChildProcess;
  readonly said: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    createInterface({ input: child.stdout! }).on('line', (line) => this.said.push(line));
  }

  static async start(
    path: string,
    parameters: readonly string[],
    environment: Record<string, string> = {},
  ): Promise<ReferenceProgram> {
    const child = spawn(path, parameters, {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, ...environment },
    });
    const program = new ReferenceProgram(child);
    if (!(await program.hears(/READY/, 0))) throw new Error(`${path} did not start.`);
    return program;
  }

  async tell(line: string): Promise<void> {
    const from = this.said.length;
    this.#child.stdin!.write(`${line}\n`);
    // A few orders are answered by their effect alone.
    await this.hears(/^OK/, from, 500);
  }

  /** Number of the line behind the first like this, from there on; waits for it, and is undefined when it never comes. */
  async hears(wanted: RegExp, from: number, patienceMs = 8_000): Promise<number | undefined> {
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      const found = this.said.findIndex((line, at) => at >= from && wanted.test(line));
      if (found >= 0) return found + 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return undefined;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
