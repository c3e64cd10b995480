/**
 * Steps of a walk that goes page by page, with a message for each. Whoever moves the walk's row on has done the page and hands
 * on. One who did the same page at the same moment cannot know whether the first lives to hand on, so both do; the second's
 * message comes late, when the walk is further and nothing follows from it, or finds what the first has left.
 */
import { isAppError } from '../errors/app-error.ts';

export interface Step<Row> {
  /** The walk as it is then. */
  row: Row;
  /** How long its next message is to wait. */
  delaySeconds: number;
}

/** Longer than most pages take. */
const lateSeconds = 60;

/**
 * @param move writes on the version that was read
 * @param read how far the walk is, when another one has moved it
 */
export async function moveOn<Row>(move: () => Promise<Row>, read: () => Promise<Row>): Promise<Step<Row>> {
  try {
    return { row: await move(), delaySeconds: 0 };
  } catch (error) {
    if (!isAppError(error) || error.code !== 'version_conflict') throw error;
    return { row: await read(), delaySeconds: lateSeconds };
  }
}

/**
 * What follows from a message for a page, by the walk as it is.
 * @param work does the page where it is not done
 * @returns undefined when there is nothing to hand on: at the end, or where the page after this one is done as well, since its
 * own message hands on
 */
export async function nextStep<Row extends { page: number; done: boolean }>(
  walk: Row,
  page: number,
  work: () => Promise<Step<Row>>,
): Promise<Step<Row> | undefined> {
  if (walk.done || walk.page > page + 1) return undefined;
  const step = walk.page === page ? await work() : { row: walk, delaySeconds: 0 };
  return step.row.done ? undefined : step;
}
