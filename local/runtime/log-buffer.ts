/** The last lines the functions wrote, for people and tests that ask why something failed. */

export interface LoggedLine {
  functionName: string;
  /** Modelled time in milliseconds. */
  at: number;
  line: string;
}

export class LogBuffer {
  readonly #capacity: number;
  readonly #lines: LoggedLine[] = [];
  #next = 0;

  /** @param capacity lines kept over all functions */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(line: LoggedLine): void {
    this.#lines[this.#next] = line;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** Oldest first; the last `limit` lines of the functions whose name contains `functionName`. */
  last(limit: number, functionName = ''): LoggedLine[] {
    const inOrder = [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)];
    return inOrder.filter((line) => line.functionName.includes(functionName)).slice(-limit);
  }
}
