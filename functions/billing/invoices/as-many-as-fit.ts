/** Lists of invoices within what Lambda answers: 6 MB, of which an invoice of many meters takes a quarter of one. */

const mostBytes = 4_000_000;

/**
 * The page, or as much of its beginning as an answer holds; its cursor goes on there.
 * @param read a page of at most so many
 */
export async function asManyAsFit<P extends { items: readonly unknown[] }>(
  limit: number,
  read: (limit: number) => Promise<P>,
): Promise<P> {
  for (let most = limit; ; ) {
    const page = await read(most);
    const { length } = page.items;
    const bytes = Buffer.byteLength(JSON.stringify(page.items));
    if (bytes <= mostBytes || length <= 1) return page;
    most = Math.max(1, Math.floor((length * mostBytes) / bytes));
  }
}
