/** What the functions of the sample domains run. */
export async function handler(event: unknown): Promise<unknown> {
  return event;
}
