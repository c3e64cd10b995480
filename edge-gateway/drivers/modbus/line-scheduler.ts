/** Shares a line between the devices behind it: each gets its turn, however much another one asks for. */

type Task = () => Promise<void>;

export class LineScheduler {
  /** Tasks under way at once. */
  readonly capacity: number;
  readonly #queues = new Map<string, Task[]>();
  /** Devices with waiting tasks, in the order of their turns. */
  readonly #turns: string[] = [];
  #running = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Resolves when the task is done; tasks of one key keep their order. Tasks handle their errors themselves. */
  run(key: string, task: Task): Promise<void> {
    return new Promise((resolve) => {
      const queue = this.#queues.get(key) ?? [];
      if (queue.length === 0) {
        this.#queues.set(key, queue);
        this.#turns.push(key);
      }
      queue.push(() => task().finally(resolve));
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#running < this.capacity) {
      const key = this.#turns.shift();
      if (key === undefined) return;
      const queue = this.#queues.get(key)!;
      const task = queue.shift()!;
      if (queue.length > 0) this.#turns.push(key);
      else this.#queues.delete(key);
      this.#running += 1;
      void task().finally(() => {
        this.#running -= 1;
        this.#pump();
      });
    }
  }
}
